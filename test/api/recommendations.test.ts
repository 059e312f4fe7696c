/** Recommendations through the front door: to a person, to a session, and to a page that must learn nothing else. */
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { EmbeddedEndpoint } from '../../adapters/embedded/endpoint.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { userToken } from '../../domain/identity.ts';
import {
  pageReply,
  productsReply,
  recommendationsReply,
} from '../../functions/api/recommendations/schemas.ts';
import { readCurrent, readFile } from '../../models/registry/registry.ts';
import { serveTiny, vocabulary } from '../fixtures/models.ts';
import { NOW, SECRET, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const T = 'test';
const [first = '', second = '', third = '', fourth = ''] = vocabulary.items;

const endpointOf = (objects: TestChain['objects']): Endpoint =>
  new EmbeddedEndpoint({
    resolve: async (model) => {
      const [tenant = '', name = ''] = model.split('/');
      const manifest = await readCurrent(objects, { tenant, name });
      if (!manifest) return undefined;
      const { version, schema } = manifest;
      return { version, schema, onnx: () => readFile(objects, { tenant, name }, manifest, 'model.onnx') };
    },
  });

async function serving(
  endpoint: (objects: TestChain['objects']) => Endpoint = endpointOf,
): Promise<TestChain> {
  const chain = await testChain({ endpoint });
  for (const name of ['neighbours', 'behaviour'] as const)
    await serveTiny(chain.objects, { tenant: T, name, version: 'v1' });
  return chain;
}

let messages = 0;
const track = (event: string, who: object, properties: object, minutesAgo = 5): object => ({
  type: 'track',
  event,
  messageId: `m-${messages++}`,
  timestamp: new Date(NOW - minutesAgo * 60_000).toISOString(),
  ...who,
  properties,
});
const views = (who: object, item: string, more: object = {}): object =>
  track('Product Viewed', who, { product_id: item, ...more });

type Page = z.output<typeof pageReply>;
type Whole = z.output<typeof recommendationsReply>;

const post = (chain: TestChain, body: object, key: string | null = chain.keys.public) =>
  chain.ask('/api/recommendations', { method: 'POST', key: key ?? undefined, body: JSON.stringify(body) });
const onPage = async (chain: TestChain, body: object): Promise<Page> =>
  valueOf(await post(chain, body), pageReply);
const person = async (chain: TestChain, id: string, query = ''): Promise<Whole> =>
  valueOf(await chain.ask(`/api/profiles/${id}/recommendations${query}`), recommendationsReply);
const session = async (chain: TestChain, query: string): Promise<Whole> =>
  valueOf(await chain.ask(`/api/recommendations?${query}`), recommendationsReply);
const load = async (chain: TestChain, products: readonly object[]): Promise<number> =>
  (await chain.ask('/api/products', { method: 'PUT', body: JSON.stringify({ products }) })).status;
const items = ({ items: all }: Page | Whole): string[] => all.map(({ item }) => item);

describe('a person', () => {
  it('gets items by the blend, with reasons, and none that they look at or have bought', async () => {
    using chain = await serving();
    const who = { userId: 'ada' };
    await chain.send(
      {},
      track('Product Added', who, { product_id: third }, 9),
      track('Order Completed', who, { order_id: 'o', total: 3 }, 8),
      views(who, first),
      views(who, second),
    );
    const whole = await person(chain, 'ada');
    expect(whole).toMatchObject({ models: { behaviour: 'v1', neighbours: 'v1' }, profiling: true });
    expect(whole.items).toHaveLength(8);
    expect(whole.items[0]).toMatchObject({ from: 'blend' });
    expect(items(whole)).not.toEqual(expect.arrayContaining([first]));
    expect(items(whole)).not.toContain(second);
    const all = await person(chain, 'ada', '?limit=50');
    expect(items(all)).not.toContain(third);
    expect(items(await person(chain, 'ada', '?limit=50&bought=show&exclude='))).not.toContain(first);
  });

  it('is compared by modes, each alone', async () => {
    using chain = await serving();
    await chain.send({}, views({ userId: 'ada' }, first, { category: 'x', price: 3 }));
    for (const mode of ['blend', 'neighbours', 'sequence', 'popular'] as const) {
      const whole = await person(chain, 'ada', `?mode=${mode}`);
      expect(new Set(whole.items.map(({ from }) => from))).toEqual(new Set([mode]));
    }
    expect(errorOf(await chain.ask('/api/profiles/ada/recommendations?mode=luck')).code).toBe(
      'invalid_parameter',
    );
    expect(errorOf(await chain.ask('/api/profiles/nobody/recommendations')).code).toBe('unknown_profile');
  });

  it('who does not want their past to be used is served as somebody unknown', async () => {
    using chain = await serving();
    const context = { consent: { profiling: false } };
    await chain.send({}, { ...views({ userId: 'ada' }, first), context });
    const whole = await person(chain, 'ada');
    expect(whole).toMatchObject({ profiling: false, visit: [] });
    expect(new Set(whole.items.map(({ from }) => from))).toEqual(new Set(['popular']));
  });
});

describe('without an answer of the model', () => {
  it('neighbours answer for one that is out, and for one that is slow', async () => {
    const ends: (() => Endpoint)[] = [
      () => new EmbeddedEndpoint({ resolve: async () => undefined }),
      () => ({ predict: () => new Promise<never>(() => {}) }),
    ];
    for (const end of ends) {
      using chain = await serving(end);
      const whole = await session(chain, `items=${first},${second}`);
      expect(whole).toMatchObject({ missing: 'endpoint_unavailable' });
      expect(whole.items[0]).toMatchObject({ from: 'neighbours', because: 'viewed_together' });
    }
  });

  it('a shop without models shows what is new, and what is like the last item', async () => {
    using chain = await testChain();
    expect(items(await session(chain, 'items=lamp-1'))).toEqual([]);
    await load(chain, [
      { item: 'lamp-1', category: 'lamps', price: 10 },
      { item: 'lamp-2', category: 'lamps', price: 12 },
    ]);
    chain.wait(60_000);
    await load(chain, [{ item: 'chair-1', category: 'chairs/oak', price: 10 }]);
    const whole = await session(chain, 'items=lamp-1');
    expect(whole.items.map(({ item, because }) => [item, because])).toEqual([
      ['lamp-2', 'similar_product'],
      ['chair-1', 'new_product'],
    ]);
    expect(whole.missing).toBe('no_model');
  });
});

describe('products', () => {
  it('are learned from events and loaded by the shop, whose word counts', async () => {
    using chain = await serving();
    await chain.send(
      { trust: 'public' },
      views({ anonymousId: 'd' }, first, {
        name: 'Junk',
        price: 1,
        category: 'c',
        image_url: 'https://x.example',
      }),
    );
    const shelf = async () => valueOf(await chain.ask('/api/products?limit=5'), productsReply);
    expect(await shelf()).toMatchObject({
      listed: false,
      products: [{ item: first, name: 'Junk', price: 1, category: 'c', listed: false }],
    });
    expect((await shelf()).products[0]).not.toHaveProperty('imageUrl');
    expect(
      await load(chain, [{ item: first, name: 'Lamp', price: 9.5, imageUrl: '/lamp.svg', stock: 2 }]),
    ).toBe(200);
    await chain.send({ trust: 'secret' }, views({ userId: 'u' }, first, { name: 'Old', price: 3 }));
    await chain.redeliver('products');
    chain.wait(6000);
    await shelf();
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => setTimeout(done));
    expect(await shelf()).toMatchObject({
      listed: true,
      categories: ['c'],
      products: [{ name: 'Lamp', price: 9.5, imageUrl: '/lamp.svg', stock: 2, listed: true }],
    });
  });

  it('that are sold out, or are not in the catalogue, or of another category stay away', async () => {
    using chain = await serving();
    await load(chain, [
      { item: first, category: 'a', stock: 0 },
      { item: second, category: 'a', stock: 3 },
      { item: third, category: 'b' },
    ]);
    expect(items(await session(chain, 'limit=50')).sort()).toEqual([second, third].sort());
    expect(items(await session(chain, 'limit=50&inStock=false')).sort()).toEqual(
      [first, second, third].sort(),
    );
    expect(items(await session(chain, 'category=b'))).toEqual([third]);
    expect(items(await session(chain, `exclude=${third}`))).toEqual([second]);
  });

  it('are refused where they are none, and taken from servers alone', async () => {
    using chain = await testChain();
    for (const product of [
      {},
      { item: '' },
      { item: 'a', price: -1 },
      { item: 'a', url: 'javascript:alert(1)' },
    ])
      expect(await load(chain, [product])).toBe(400);
    const put = { method: 'PUT', body: '{"products":[{"item":"a"}]}' };
    expect(errorOf(await chain.ask('/api/products', { ...put, key: chain.keys.public })).code).toBe(
      'secret_key_required',
    );
    await load(chain, [{ item: 'a' }]);
    const other = await chain.ask('/api/products', { key: chain.keys.stranger });
    expect(valueOf(other, productsReply).products).toEqual([]);
  });
});

describe('a page', () => {
  it('asks with the write key, from any origin', async () => {
    using chain = await serving();
    expect(items(await onPage(chain, { items: [first] }))).toHaveLength(8);
    const preflight = await chain.ask('/api/recommendations', { method: 'OPTIONS', key: undefined });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, HEAD, POST' },
    });
    const refused = await post(chain, {}, null);
    expect(errorOf(refused)).toMatchObject({ status: 401, code: 'missing_key' });
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect(errorOf(await post(chain, {}, chain.keys.disabled)).code).toBe('invalid_key');
    expect(errorOf(await post(chain, { limit: 0 })).code).toBe('invalid_body');
    expect((await chain.ask('/api/ledger', { method: 'OPTIONS' })).status).toBe(405);
  });

  it('gets the items of its device, and learns of a person only with their token', async () => {
    using chain = await serving();
    const unknown = items(await onPage(chain, {}));
    await chain.send(
      { trust: 'public' },
      views({ anonymousId: 'device' }, first),
      views({ anonymousId: 'device' }, second),
    );
    await chain.send({ trust: 'secret' }, views({ userId: 'ada' }, third), views({ userId: 'ada' }, fourth));
    const device = items(await onPage(chain, { anonymousId: 'device' }));
    expect(device).not.toContain(second);
    expect(device).not.toEqual(unknown);
    expect(items(await onPage(chain, { userId: 'ada' }))).toEqual(unknown);
    expect(items(await onPage(chain, { userId: 'ada', userToken: 'f'.repeat(64) }))).toEqual(unknown);
    const signed = await onPage(chain, { userId: 'ada', userToken: userToken(SECRET, T, 'ada') });
    expect(items(signed)).not.toEqual(unknown);
    expect(items(signed)).not.toContain(fourth);
    expect(items(valueOf(await post(chain, { userId: 'ada' }, chain.keys.secret), pageReply))).toEqual(
      items(signed),
    );
  });

  it('cannot open a person by naming them on a device of its own, nor by the id of a profile', async () => {
    using chain = await serving();
    const unknown = items(await onPage(chain, {}));
    await chain.send({ trust: 'public' }, views({ userId: 'ada', anonymousId: 'hers' }, third));
    await chain.send(
      { trust: 'public' },
      { type: 'identify', userId: 'ada', anonymousId: 'mine', messageId: 'x' },
    );
    expect(items(await onPage(chain, { anonymousId: 'mine' }))).toEqual(unknown);
    const found = JSON.parse(String((await chain.ask('/api/profiles/ada')).body));
    const id: string = found.items[0].profileId;
    expect(items(await onPage(chain, { anonymousId: id }))).toEqual(unknown);
  });

  it('of a device that a server vouched for gets the items of the person', async () => {
    using chain = await serving();
    await chain.send({ trust: 'secret' }, views({ userId: 'ada', anonymousId: 'hers' }, third));
    const known = await onPage(chain, { anonymousId: 'hers', limit: 50 });
    expect(items(known)).not.toContain(third);
  });
});
