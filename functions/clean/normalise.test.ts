import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../events/envelope.ts';
import { chrome, cleanOk, exampleEvent } from './example.ts';
import { defaultRules } from './rules.ts';

const contextOf = (context: unknown, envelope: Partial<Envelope> = {}): unknown =>
  cleanOk({ ...exampleEvent(1), context }, envelope).context;

describe('context', () => {
  it('keeps what means something, in one way of writing', () => {
    const context = {
      page: {
        url: 'https://Shop.example/p/1?utm_source=news&gclid=abc&token=x#top',
        path: '/p/1',
        search: '?utm_source=news&gclid=abc&token=x',
        title: 'Shirt',
        referrer: 'https://www.Google.com/?q=a@b.example',
      },
      campaign: { name: 'May', junk: 1 },
      userAgent: chrome,
      locale: 'EN_gb',
      timezone: 'Europe/London',
      location: { country: 'gb', city: 'Leeds', latitude: 53.8 },
      ip: '203.0.113.77',
      screen: { width: 1920, height: 1080, density: 2 },
      library: { name: 'analytics.js', version: '1', more: {} },
      app: { name: 'Shop', build: 7, version: '2' },
      os: { name: 'Windows', version: '10' },
      sessionId: 1_700_000_000,
      channel: 'web',
      device: { id: 'idfa-1', advertisingId: 'x' },
      traits: { email: 'a@b.example' },
      network: { carrier: 'x' },
      userToken: 'secret',
    };
    expect(contextOf(context)).toEqual({
      page: {
        url: 'https://shop.example/p/1',
        path: '/p/1',
        title: 'Shirt',
        referrer: 'https://www.google.com/',
      },
      referrer: { host: 'www.google.com' },
      campaign: { name: 'May', source: 'news', clickId: 'abc', clickNetwork: 'google' },
      device: { type: 'desktop', os: 'Windows', browser: 'Chrome' },
      library: { name: 'analytics.js', version: '1' },
      app: { name: 'Shop', version: '2' },
      os: { name: 'Windows', version: '10' },
      screen: { width: 1920, height: 1080 },
      locale: 'en-GB',
      timezone: 'Europe/London',
      country: 'GB',
      channel: 'web',
      sessionId: '1700000000',
      ip: '203.0.113.0',
    });
  });

  it('drops what cannot be read', () => {
    const context = {
      locale: '-',
      timezone: 'Mars/Base',
      country: 'Germany',
      ip: 'x',
      screen: { width: '1' },
      page: 7,
    };
    expect(contextOf(context)).toEqual({});
  });

  it('names another site as the referrer, never the shop itself', () => {
    const page = { url: 'https://shop.example/a', referrer: 'https://shop.example/b' };
    expect(contextOf({ page })).not.toHaveProperty('referrer');
  });

  it('reads the page from the properties of a page call, and cleans both', () => {
    const properties = {
      url: 'https://s.example/?email=a&q=1',
      path: '/',
      search: '?email=a&q=1',
      title: 'Home',
    };
    const event = cleanOk({ ...exampleEvent(1), type: 'page', properties, context: { userAgent: chrome } });
    expect(event.context['page']).toEqual({
      url: 'https://s.example/?q=1',
      path: '/',
      search: '?q=1',
      title: 'Home',
    });
    expect(event.properties).toMatchObject({ url: 'https://s.example/?q=1', search: '?q=1' });
  });

  it('takes the agent of the request only from a browser', () => {
    expect(contextOf({}, { userAgent: chrome })).toHaveProperty('device');
    expect(contextOf({}, { userAgent: chrome, trust: 'secret' })).not.toHaveProperty('device');
    expect(contextOf({}, { userAgent: chrome, replay: true })).not.toHaveProperty('device');
  });

  it('stays small whatever is sent', () => {
    const long = 'x'.repeat(2000);
    const context = {
      page: { url: `https://h/${long}?${long}=1`, title: long, referrer: `https://h/${long}` },
      campaign: Object.fromEntries(['name', 'source', 'medium', 'term', 'content'].map((k) => [k, long])),
      library: { name: long, version: long },
      locale: long,
      timezone: long,
      sessionId: long,
    };
    expect(JSON.stringify(contextOf(context)).length).toBeLessThan(6000);
  });
});

describe('amounts', () => {
  const rules = {
    ...defaultRules,
    currency: {
      base: 'EUR',
      rates: [
        { from: '2026-01-01', perBase: { USD: 1.25 } },
        { from: '2026-11-23', perBase: { USD: 1.1, GBP: 0.8 } },
      ],
    },
  };
  const sale = (properties: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
    cleanOk({ ...exampleEvent(1), ...fields, properties }, {}, { rules });

  it('are converted at the rate of their day, with those of the products', () => {
    const properties = {
      revenue: 11,
      quantity: 3,
      currency: ' usd',
      products: [{ price: 5.5, quantity: 2 }],
    };
    expect(sale(properties).properties).toEqual({
      revenue: 10,
      quantity: 3,
      currency: 'EUR',
      currency_original: 'USD',
      products: [{ price: 5, quantity: 2 }],
    });
    const yesterday = { timestamp: '2026-11-22T23:59:59Z' };
    expect(sale({ revenue: 10, currency: 'USD' }, yesterday).properties['revenue']).toBe(8);
    expect(sale({ revenue: 10, currency: 'EUR' }).properties).toEqual({ revenue: 10, currency: 'EUR' });
  });

  it('stay as they are, flagged, where the table has no rate', () => {
    expect(sale({ revenue: 10, currency: 'JPY' })).toMatchObject({
      properties: { revenue: 10, currency: 'JPY' },
      flags: ['currency_unknown'],
    });
    const early = sale({ revenue: 10, currency: 'USD' }, { timestamp: '2025-12-31T00:00:00Z' });
    expect(early.flags).toContain('currency_unknown');
  });

  it('are not converted without a base currency; a code that is none is flagged', () => {
    const event = { ...exampleEvent(1), properties: { revenue: 10, currency: 'usd' } };
    expect(cleanOk(event)).toMatchObject({ properties: { revenue: 10, currency: 'USD' }, flags: [] });
    expect(cleanOk({ ...event, properties: { currency: 'XQZ' } }).flags).toEqual(['currency_unknown']);
  });
});

describe('traits', () => {
  it('write a country code in capitals and leave names of countries', () => {
    const identify = { ...exampleEvent(1), type: 'identify' };
    expect(cleanOk({ ...identify, traits: { country: 'de' } }).traits['country']).toBe('DE');
    expect(cleanOk({ ...identify, traits: { country: 'Deutschland' } }).traits['country']).toBe(
      'Deutschland',
    );
  });
});
