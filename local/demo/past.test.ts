/** The demo's past: the same for a seed, in its days, and with something in it to learn from. */
import { expect, it } from 'vitest';
import { catalogue } from '../../web/shop/catalogue.ts';
import { errands, shopperOf } from './errands.ts';
import { type PastCall, pastCalls } from './past.ts';

const DAY_MS = 86_400_000;
const options = { people: 200, days: 60, until: Date.UTC(2026, 5, 1), seed: 5 };
const calls = [...pastCalls(options)];
const named = (name: string): PastCall[] => calls.filter(({ call }) => call['event'] === name);

it('is the same for a seed, and another for another', () => {
  expect([...pastCalls(options)]).toEqual(calls);
  expect([...pastCalls({ ...options, seed: 6 })]).not.toEqual(calls);
});

it('lies within its days, and person by person in order', () => {
  const last = new Map<unknown, number>();
  for (const { at, call } of calls) {
    expect(at).toBeGreaterThanOrEqual(options.until - options.days * DAY_MS);
    expect(at).toBeLessThan(options.until);
    expect(at).toBeGreaterThan(last.get(call['userId']) ?? 0);
    last.set(call['userId'], at);
  }
  expect(last.size).toBeGreaterThan(options.people * 0.6);
});

it('has orders, fewer returns, and people who stayed away', () => {
  const [orders, refunds] = [named('Order Completed').length, named('Order Refunded').length];
  expect(refunds).toBeGreaterThan(0);
  expect(refunds).toBeLessThan(orders / 4);
  const seen = new Set(
    calls.filter(({ at }) => at > options.until - 30 * DAY_MS).map(({ call }) => call['userId']),
  );
  const all = new Set(calls.map(({ call }) => call['userId']));
  expect(seen.size).toBeLessThan(all.size * 0.95);
});

it('walks along errands, mostly the favourite one', () => {
  const known = new Set(catalogue.map(({ product_id }) => product_id));
  const favourite = (person: number): Set<string> =>
    new Set(shopperOf(person).favourite.map(({ product_id }) => product_id));
  const views = named('Product Viewed').map(({ call }) => {
    const properties = call['properties'];
    const item = properties && typeof properties === 'object' ? Reflect.get(properties, 'product_id') : '';
    return { person: Number(String(call['userId']).split('-').at(-1)), item: String(item) };
  });
  expect(views.every(({ item }) => known.has(item))).toBe(true);
  const liked = views.filter(({ person, item }) => favourite(person).has(item)).length;
  expect(liked / views.length).toBeGreaterThan(0.6);
  expect(errands).toHaveLength(24);
});
