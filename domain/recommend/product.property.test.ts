/** Laws of what is known about products, and what senders can make of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleanEvent } from '../../events/envelope.ts';
import { isNews, mergeProducts, type Product, productOf, productsIn, RANK } from './product.ts';

const told = fc.record(
  {
    name: fc.constantFrom('Lamp', 'Light'),
    category: fc.constantFrom('lamps', 'sale'),
    price: fc.integer({ min: 0, max: 3 }),
    stock: fc.integer({ min: 0, max: 2 }),
  },
  { requiredKeys: [] },
);
const product = fc
  .tuple(told, fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 4 }))
  .map(([facts, rank, at]) => productOf(facts, rank, at * 40_000_000));

describe('joining what is known', () => {
  it('depends on neither order, grouping nor repetition', () => {
    fc.assert(
      fc.property(product, product, product, (a, b, c) => {
        expect(mergeProducts(a, b)).toEqual(mergeProducts(b, a));
        expect(mergeProducts(mergeProducts(a, b), c)).toEqual(mergeProducts(a, mergeProducts(b, c)));
        expect(mergeProducts(a, a)).toEqual(mergeProducts(a, mergeProducts(a, a)));
        expect(isNews(a, mergeProducts(a, a))).toBe(false);
      }),
    );
  });

  it('never lets a lower rank overwrite a higher one', () => {
    fc.assert(
      fc.property(told, told, fc.integer({ min: 0, max: 9 }), (shop, page, at) => {
        const joined = mergeProducts(productOf(shop, RANK.catalogue, 1), productOf(page, RANK.page, at));
        expect(joined.listed).toBe(true);
        const said: unknown = JSON.parse(JSON.stringify(productOf(shop, RANK.catalogue, 1).facts));
        expect(joined.facts).toMatchObject(Object(said));
      }),
    );
  });
});

const eventOf = (properties: CleanEvent['properties'], more: Partial<CleanEvent> = {}): CleanEvent => ({
  version: 1,
  receipt: '0:1:0',
  tenant: 't',
  source: 'web',
  trust: 'secret',
  messageId: 'm',
  type: 'track',
  event: 'Product Viewed',
  timestamp: 5,
  receivedAt: 5,
  properties,
  traits: {},
  context: {},
  flags: [],
  ...more,
});

const valuesOf = ({ facts }: Product): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, fact?.value]));

describe('events', () => {
  it('tell of the product and of each line', () => {
    const properties = {
      order_id: 'o',
      currency: 'EUR',
      products: [
        { product_id: 'p', name: 'Lamp', category: 'home/lamps', price: 12.5 },
        { sku: 7, price: -1 },
      ],
    };
    const found = productsIn(eventOf(properties, { event: 'Order Completed' }));
    expect(found.map(([item, one]) => [item, valuesOf(one)])).toEqual([
      ['p', { name: 'Lamp', category: 'home', price: 12.5, currency: 'EUR' }],
      ['7', {}],
    ]);
    expect(productsIn(eventOf(properties, { event: 'Order Refunded' }))).toEqual([]);
  });

  it('bring addresses from servers alone, and never a script', () => {
    const link = (url: string, trust: CleanEvent['trust']): unknown =>
      productsIn(eventOf({ sku: 'p', url }, { trust }))[0]?.[1].facts.url?.value;
    expect(link('https://shop.example/p', 'secret')).toBe('https://shop.example/p');
    expect(link('/p', 'secret')).toBe('/p');
    expect(link('https://shop.example/p', 'public')).toBeUndefined();
    expect(link('https://shop.example/p', 'signed')).toBeUndefined();
    for (const url of ['javascript:alert(1)', '//evil.example', 'data:text/html,x', ' https://a b'])
      expect(link(url, 'secret')).toBeUndefined();
  });
});
