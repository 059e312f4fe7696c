/** Facts of products from events: written when they are news, and only then. */
import { describe, expect, it } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { StreamRecord, Table } from '../../domain/ports.ts';
import { productOf, RANK } from '../../domain/recommend/product.ts';
import { readProducts, saveProducts } from '../../domain/recommend/store.ts';
import { pack } from '../../events/packed.ts';
import { makeProducts } from './products.ts';

const NOW = Date.UTC(2026, 2, 1);
const clock = { now: (): number => NOW };

let messages = 0;
const event = (properties: object, more: object = {}): string =>
  JSON.stringify({
    version: 1,
    receipt: '0:1:0',
    tenant: 't',
    source: 'web',
    trust: 'secret',
    messageId: `m-${messages++}`,
    type: 'track',
    event: 'Product Viewed',
    timestamp: NOW,
    receivedAt: NOW,
    properties,
    traits: {},
    context: {},
    flags: [],
    ...more,
  });
const records = (...parts: readonly string[]): StreamRecord[] => [
  { shard: '0', sequence: '1', key: 'k', arrivedAt: NOW, data: pack('{"version":1}', parts) },
];

/** A table in memory that counts what it is asked. */
function counted(): { table: Table; reads: () => number; writes: () => number } {
  const table = new EmbeddedTable({ path: ':memory:', clock });
  let [reads, writes] = [0, 0];
  const watched: Table = {
    get: (keys) => {
      reads += keys.length;
      return table.get(keys);
    },
    put: (all) => {
      writes += all.length;
      return table.put(all);
    },
    delete: (keys) => table.delete(keys),
    query: (query) => table.query(query),
    queryIndex: (query) => table.queryIndex(query),
    scan: (query) => table.scan(query),
  };
  return { table: watched, reads: () => reads, writes: () => writes };
}

const stepOn = (table: Table) =>
  makeProducts({
    clock,
    metrics: { count: () => {} },
    secret: '00',
    streams: {},
    tables: { products: table },
  });

describe('products', () => {
  it('are written once, however often they are looked at or delivered', async () => {
    const { table, reads, writes } = counted();
    const step = stepOn(table);
    const batch = records(
      ...Array.from({ length: 50 }, () => event({ product_id: 'p', name: 'Lamp', price: 9 })),
      event({ plan: 'gold' }),
    );
    expect(await step(batch)).toEqual({});
    expect(await step(batch)).toEqual({});
    expect([reads(), writes()]).toEqual([1, 1]);
    await stepOn(table)(batch);
    expect(writes()).toBe(1);
    await step(records(event({ product_id: 'p', name: 'Lamp', price: 8 }, { timestamp: NOW + 1 })));
    expect(writes()).toBe(2);
    expect((await readProducts(table, 't')).get('p')?.facts.price?.value).toBe(8);
  });

  it('keep what the catalogue says, also where the step remembers an older state', async () => {
    const { table } = counted();
    const step = stepOn(table);
    await step(records(event({ sku: 'p', name: 'Lamp' })));
    const listed = new Map([['p', productOf({ name: 'Desk lamp', stock: 3 }, RANK.catalogue, NOW)]]);
    await saveProducts(table, 't', listed);
    await step(records(event({ sku: 'p', name: 'Junk' }, { timestamp: NOW + 5 })));
    expect((await readProducts(table, 't')).get('p')).toMatchObject({
      listed: true,
      facts: { name: { value: 'Desk lamp' }, stock: { value: 3 } },
    });
  });

  it('of tenants lie apart, and many at once are all kept', async () => {
    const { table } = counted();
    const many = Array.from({ length: 1500 }, (_, i) => event({ sku: `p-${i}` }));
    await stepOn(table)(records(...many, event({ sku: 'q' }, { tenant: 'u' })));
    expect((await readProducts(table, 't')).size).toBe(1500);
    expect([...(await readProducts(table, 'u')).keys()]).toEqual(['q']);
  });

  it('two writers at once lose nothing', async () => {
    const { table } = counted();
    const told = (fields: object) => new Map([['p', productOf(fields, RANK.server, NOW)]]);
    await Promise.all([
      saveProducts(table, 't', told({ name: 'Lamp' })),
      saveProducts(table, 't', told({ price: 4 })),
      saveProducts(table, 't', told({ category: 'lamps' })),
    ]);
    expect((await readProducts(table, 't')).get('p')?.facts).toMatchObject({
      name: { value: 'Lamp' },
      price: { value: 4 },
      category: { value: 'lamps' },
    });
  });
});
