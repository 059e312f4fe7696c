import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../events/envelope.ts';
import { cleanJson, cleanOk, exampleEvent, RECEIVED } from './example.ts';

const base = exampleEvent(1);
const withFields = (fields: Record<string, unknown>): Record<string, unknown> => ({ ...base, ...fields });
const withProperties = (properties: Record<string, unknown>): Record<string, unknown> =>
  withFields({ properties });

/** Reason of the refusal, or the kind when there is none. */
function verdict(event: unknown, envelope: Partial<Envelope> = {}): string {
  const outcome = cleanJson(event, envelope);
  return outcome.kind === 'ok' ? 'ok' : outcome.reason;
}

describe('an ordinary event', () => {
  it('comes out whole, with the names of the envelope', () => {
    expect(cleanOk(base)).toMatchObject({
      version: 1,
      receipt: '0:1:2',
      tenant: 'shop',
      source: 'web',
      trust: 'public',
      messageId: base['messageId'],
      type: 'track',
      event: 'Product Viewed',
      userId: 'user-1',
      anonymousId: '5a3c0c3e-1f0d-4e8e-9b53-1',
      timestamp: RECEIVED - 1000,
      receivedAt: RECEIVED,
      properties: base['properties'],
      traits: {},
      flags: [],
    });
  });

  it('takes its type from the route, its name from page calls, and else its type as name', () => {
    const page = { anonymousId: 'a', messageId: 'm' };
    expect(cleanOk({ ...page, name: ' Home ' }, { route: 'page', trust: 'secret' })).toMatchObject({
      type: 'page',
      event: 'Home',
    });
    expect(cleanOk({ ...page, properties: { name: 'Cart' } }, { route: 'screen' }).event).toBe('Cart');
    expect(cleanOk({ ...page, groupId: 'g' }, { route: 'group' })).toMatchObject({
      event: 'group',
      groupId: 'g',
    });
    expect(cleanOk({ ...page, userId: 'u', previousId: 'a' }, { route: 'alias' }).previousId).toBe('a');
  });

  it('finds the traits of an identify call where SDKs put them; traits of their own field win', () => {
    const event = {
      type: 'identify',
      userId: 'u',
      messageId: 'm',
      traits: { plan: 'gold' },
      context: { traits: { plan: 'old', city: 'Ulm' } },
      userProperties: { age: 30 },
    };
    expect(cleanOk(event).traits).toEqual({ plan: 'gold', city: 'Ulm', age: 30 });
    expect(cleanOk({ ...event, type: 'track', event: 'x' }).traits).toEqual({ plan: 'gold' });
  });

  it('lays the request-wide context under the own one', () => {
    const envelope = { context: { locale: 'de-DE', timezone: 'Europe/Berlin' } };
    expect(cleanOk(base, envelope).context).toMatchObject({ locale: 'en-GB', timezone: 'Europe/Berlin' });
  });
});

describe('bad input, by the rows of the table of bad inputs', () => {
  it('9: refuses broken UTF-8, accepts a byte-order mark', () => {
    expect(verdict(`\ufeff${JSON.stringify(base)}`)).toBe('ok');
  });

  it('7: refuses what is no JSON object', () => {
    const texts = [' ', '{', '[]', '"a"', '1', 'null', '{}{}', '{"a":}', "{'a':1}", '{"a":1,}', '{"a":01}'];
    expect(texts.map((text) => verdict(text))).toEqual(texts.map(() => 'invalid_json'));
  });

  it('counts what the collector withheld as suppressed', () => {
    expect(verdict('')).toBe('suppressed');
  });

  it('10: refuses ids that a store could not give back', () => {
    expect(verdict(withFields({ userId: 'a\u0000b' }))).toBe('invalid_id');
    expect(verdict(JSON.stringify(base).replace('user-1', '\\ud800'))).toBe('invalid_id');
    expect(verdict(withFields({ anonymousId: 'x\udc00' }))).toBe('invalid_id');
    expect(verdict(withFields({ userId: '\u{1f600}' }))).toBe('ok');
  });

  it('12: refuses an event of more than 32 KB', () => {
    const size = (bytes: number): string => {
      const text = JSON.stringify(withProperties({ a: '' }));
      return text.replace('"a":""', `"a":"${'x'.repeat(bytes - text.length)}"`);
    };
    expect(verdict(size(32 * 1024))).toBe('ok');
    expect(verdict(size(32 * 1024 + 1))).toBe('event_too_large');
  });

  it('16: survives deep nesting and many keys', () => {
    expect(verdict('['.repeat(30_000))).toBe('invalid_json');
    expect(cleanJson(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).toMatchObject({
      reason: 'invalid_json',
      detail: 'too_deep',
    });
    const keys = (n: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]));
    const nested = { ...base, context: {}, properties: keys(900) };
    expect(verdict(nested)).toBe('ok');
    expect(verdict({ ...nested, context: { more: keys(100) } })).toBe('too_many_keys');
  });

  it('17: drops keys that reach for prototypes at any depth, and says so', () => {
    const text = JSON.stringify(withProperties({ keep: 1 })).replace(
      '"keep":1',
      '"keep":1,"__proto__":{"polluted":1},"list":[{"constructor":{"prototype":{"polluted":1}}}]',
    );
    const event = cleanOk(text);
    expect(event.flags).toContain('unsafe_key');
    expect(JSON.stringify(event.properties)).toBe('{"keep":1,"list":[{}]}');
    expect(Object.getPrototypeOf(event.properties)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('18: refuses an id that is given twice', () => {
    const twice = JSON.stringify(base).replace('{', '{"userId":"other",');
    expect(cleanJson(twice)).toEqual({ kind: 'quarantine', reason: 'duplicate_key', detail: 'userId' });
    const escaped = JSON.stringify(base).replace('{', '{"user\\u0049d":"other",');
    expect(verdict(escaped)).toBe('duplicate_key');
  });

  it('19: refuses ids that are no text or too long; blank ones count as absent', () => {
    const values = [2 ** 53 + 2, {}, [], true, 0];
    expect(values.map((userId) => verdict(withFields({ userId })))).toEqual(values.map(() => 'invalid_id'));
    expect(cleanOk(withFields({ userId: '' }))).not.toHaveProperty('userId');
    expect(cleanOk(withFields({ userId: ' \t' }))).not.toHaveProperty('userId');
    expect(cleanOk(withFields({ userId: null }))).not.toHaveProperty('userId');
    expect(verdict(withFields({ userId: 'x'.repeat(256) }))).toBe('ok');
    expect(verdict(withFields({ userId: 'x'.repeat(257) }))).toBe('id_too_long');
    expect(verdict(withFields({ userId: '\u20ac'.repeat(86) }))).toBe('id_too_long');
    expect(verdict(withFields({ messageId: 'x'.repeat(257) }))).toBe('id_too_long');
    expect(verdict(withFields({ groupId: 4 }))).toBe('invalid_id');
    expect(verdict(withFields({ previousId: [] }))).toBe('invalid_id');
  });

  it('20: refuses placeholders as ids', () => {
    const ids = [
      'null',
      'undefined',
      'NaN',
      '[object Object]',
      'None',
      'nil',
      '0',
      '00000000-0000-0000-0000-000000000000',
      '"null"',
      ' undefined ',
      'N/A',
    ];
    expect(ids.map((userId) => verdict(withFields({ userId })))).toEqual(ids.map(() => 'junk_id'));
    expect(verdict(withFields({ anonymousId: '00000000-0000-0000-0000-000000000000' }))).toBe('junk_id');
    const people = ['nullius', 'nan@shop.example', 'Nil Armstrong', '100', 'a0000'];
    expect(people.map((userId) => verdict(withFields({ userId })))).toEqual(people.map(() => 'ok'));
  });

  it('21: refuses an event of nobody', () => {
    expect(verdict(withFields({ userId: null, anonymousId: '' }))).toBe('no_identity');
  });

  it('22: refuses unknown types, nameless tracks, endless names', () => {
    expect(verdict(withFields({ type: 'order' }))).toBe('invalid_type');
    expect(verdict(withFields({ type: 1 }))).toBe('invalid_type');
    expect(verdict(withFields({ type: undefined }))).toBe('invalid_type');
    expect(verdict(withFields({ type: 'constructor' }))).toBe('invalid_type');
    expect(verdict(withFields({ event: undefined }))).toBe('missing_event');
    expect(verdict(withFields({ event: '  ' }))).toBe('missing_event');
    expect(verdict(withFields({ event: 7 }))).toBe('missing_event');
    expect(verdict(withFields({ event: 'x'.repeat(10_000) }))).toBe('name_too_long');
    expect(verdict(withFields({ event: 'x'.repeat(256) }))).toBe('ok');
    expect(verdict({ ...base, type: 'page', name: 'x'.repeat(257) })).toBe('name_too_long');
    expect(cleanOk(withFields({ event: ' Product Viewed\n' })).event).toBe('Product Viewed');
  });

  it('23: mends impossible times and says so', () => {
    const at = (timestamp: unknown): [number, readonly string[]] => {
      const event = cleanOk(withFields({ timestamp }));
      return [event.timestamp, event.flags];
    };
    expect(at('yesterday')).toEqual([RECEIVED, ['no_timestamp']]);
    expect(at('2099-01-01T00:00:00Z')).toEqual([RECEIVED, ['future']]);
    expect(at('1970-01-01T00:00:00Z')).toEqual([0, ['late']]);
    expect(at(undefined)).toEqual([RECEIVED, ['no_timestamp']]);
  });

  it('24: keeps only numbers that are numbers', () => {
    const revenue = (json: string): [unknown, readonly string[]] => {
      const text = JSON.stringify(withProperties({ revenue: 0 })).replace('"revenue":0', `"revenue":${json}`);
      const event = cleanOk(text);
      return [event.properties['revenue'], event.flags];
    };
    expect(revenue('1e400')).toEqual([undefined, ['non_finite']]);
    expect(revenue('"1e400"')).toEqual([undefined, ['not_a_number']]);
    expect(revenue('"NaN"')).toEqual([undefined, ['not_a_number']]);
    expect(revenue('"12,50"')).toEqual([undefined, ['not_a_number']]);
    expect(revenue('-0')).toEqual([0, []]);
    expect(revenue('1e308')).toEqual([1e308, []]);
    expect(revenue('null')).toEqual([null, []]);
    expect(cleanOk(withProperties({ other: '12,50' })).properties).toEqual({ other: '12,50' });
  });

  it('27: derives a missing message id from the content', () => {
    const { messageId: _, ...rest } = base;
    const once = cleanOk(rest);
    expect(once.messageId).toMatch(/^derived-[0-9a-f]{32}$/);
    expect(once.flags).toContain('no_message_id');
    expect(cleanOk(rest).messageId).toBe(once.messageId);
    expect(cleanOk(Object.fromEntries(Object.entries(rest).toReversed())).messageId).toBe(once.messageId);
    expect(cleanOk({ ...rest, userId: 'other' }).messageId).not.toBe(once.messageId);
    expect(cleanOk(rest, { source: 'app' }).messageId).not.toBe(once.messageId);
    expect(cleanOk(rest, { sentAt: RECEIVED }).messageId).not.toBe(once.messageId);
    expect(cleanOk({ ...rest, messageId: 'undefined' }).messageId).toMatch(/^derived-/);
  });

  it('28: refuses too many traits and too much of them', () => {
    const identify = (traits: Record<string, unknown>): Record<string, unknown> => ({
      type: 'identify',
      userId: 'u',
      messageId: 'm',
      traits,
    });
    const many = (n: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${i}`, i]));
    expect(verdict(identify(many(200)))).toBe('ok');
    expect(verdict(identify(many(201)))).toBe('too_many_traits');
    expect(verdict(identify({ text: 'x'.repeat(16_000) }))).toBe('ok');
    expect(verdict(identify({ text: 'x'.repeat(16_400) }))).toBe('too_many_traits');
    expect(verdict(identify({ deep: { text: '\u20ac'.repeat(5500) } }))).toBe('too_many_traits');
  });

  it('29: keeps markup, formulas and control characters as the text they are', () => {
    const properties = {
      a: '<script>alert(1)</script>',
      b: '=1+1',
      c: '{{user}}',
      d: 'x\r\ny',
      e: '\u202etxt',
    };
    expect(cleanOk(withProperties(properties)).properties).toEqual(properties);
  });

  it('30: suppresses what was not agreed to, and marks Global Privacy Control', () => {
    const refused = withFields({ context: { consent: { analytics: false } } });
    expect(cleanJson(refused)).toEqual({ kind: 'suppress', reason: 'consent_denied' });
    expect(cleanOk(base, { gpc: true })).toMatchObject({
      flags: ['gpc'],
      consent: { ads_user_data: false, ads_personalisation: false },
    });
  });

  it('30: does not quarantine a broken event of a person who said no', () => {
    const refused = { type: 'nonsense', context: { consent: { analytics: false } } };
    expect(verdict(refused)).toBe('consent_denied');
  });
});

describe('shapes', () => {
  it('refuses properties, traits and context that are no objects', () => {
    expect(cleanJson(withFields({ properties: [] }))).toMatchObject({
      reason: 'invalid_properties',
      detail: 'properties',
    });
    expect(cleanJson(withFields({ traits: 'x' }))).toMatchObject({ detail: 'traits' });
    expect(cleanJson(withFields({ context: 1 }))).toMatchObject({ detail: 'context' });
    expect(verdict(withFields({ properties: null, context: null }))).toBe('ok');
  });

  it('asks the schema of the event, after numbers were mended', () => {
    const seen: unknown[] = [];
    const checkProperties = (event: string, properties: unknown): string => {
      seen.push(event, structuredClone(properties));
      return 'properties.sku';
    };
    const outcome = cleanJson(withProperties({ price: 'x' }), {}, { checkProperties });
    expect(outcome).toEqual({ kind: 'quarantine', reason: 'invalid_properties', detail: 'properties.sku' });
    expect(seen).toEqual(['Product Viewed', {}]);
  });

  it('never names a value in a detail', () => {
    const outcome = cleanJson(withFields({ userId: { secret: 'hunter2' } }));
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});
