/** Sources of recommendations, and what somebody is doing right now. */
import { describe, expect, it } from 'vitest';
import { Catalogue } from '../neighbours/catalogue.ts';
import { similarTo } from './similar.ts';
import { type Known, sourcesOf } from './sources.ts';
import { boughtIn, eventsWith } from './visit.ts';

const MINUTE = 60_000;
const now = 1_000 * MINUTE;

describe('likeness', () => {
  it('is of the same category, and falls with the distance of the price', () => {
    const goods = [
      { item: 'a', category: 'x', price: 10 },
      { item: 'b', category: 'x', price: 11 },
      { item: 'c', category: 'x', price: 40 },
      { item: 'd', category: 'x', price: undefined },
      { item: 'e', category: 'y', price: 10 },
    ];
    const scores = similarTo(
      ['unknown', 'a'],
      (item) => goods.find((one) => one.item === item),
      (category) => goods.filter((one) => one.category === category),
    );
    expect(scores.get('b')).toBeCloseTo(10 / 11);
    expect(scores.get('c')).toBeCloseTo(1 / 4);
    expect(scores.get('d')).toBe(0.5);
    expect(scores.has('e')).toBe(false);
  });
});

describe('sources', () => {
  const catalogue = Catalogue.fit([
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['c', 'd'],
  ]);
  const goods: Known['goods'] = {
    find: (item) => ({ item, category: 'x', price: 1 }),
    inCategory: () => [{ item: 'new', category: 'x', price: 1 }],
    newest: [{ item: 'new', category: 'x', price: 1 }],
  };
  const nobody: Known = { visit: [], behaviour: undefined, catalogue, blend: undefined, goods };
  const itemsOf = (known: Known, name: Parameters<typeof sourcesOf>[0]): string[] =>
    sourcesOf(name, known).flatMap(({ candidates }) => [...candidates()].map(({ item }) => item));

  it('stand in for each other in the stated order', () => {
    expect(sourcesOf('auto', nobody).map(({ name }) => name)).toEqual([
      'blend',
      'neighbours',
      'similar',
      'popular',
      'newest',
    ]);
  });

  it('say nothing where they have nothing to go on', () => {
    for (const name of ['blend', 'neighbours', 'similar', 'sequence'] as const)
      expect(itemsOf(nobody, name)).toEqual([]);
    expect(itemsOf({ ...nobody, catalogue: undefined }, 'popular')).toEqual([]);
    expect(itemsOf({ ...nobody, visit: ['never seen'] }, 'neighbours')).toEqual([]);
    expect(itemsOf({ ...nobody, visit: ['a'] }, 'neighbours')).toContain('b');
    expect(itemsOf(nobody, 'newest')).toEqual(['new']);
  });

  it('give logits of the model as shares of the best', () => {
    const behaviour = [
      { item: 'a', score: -1 },
      { item: 'b', score: -3 },
    ];
    const [source] = sourcesOf('sequence', { ...nobody, behaviour });
    expect([...(source?.candidates() ?? [])].map(({ score }) => score)).toEqual([1, Math.exp(-2)]);
  });
});

describe('what somebody is doing', () => {
  const viewed = (item: string, at: number) => ({ kind: 'Product Viewed', item, at });
  const describeNothing = () => ({});
  const itemsOf = (events: ReturnType<typeof eventsWith>) => events.map(({ item }) => item);

  it('is what the profile knows, and what the page knows already', () => {
    const recent = [viewed('a', now - 2 * MINUTE), viewed('b', now - MINUTE)];
    expect(itemsOf(eventsWith(recent, ['a', 'b'], describeNothing, now))).toEqual(['a', 'b']);
    expect(itemsOf(eventsWith(recent, ['a', 'b', 'c'], describeNothing, now))).toEqual(['a', 'b', 'c']);
    expect(itemsOf(eventsWith(recent, ['b', 'a'], describeNothing, now))).toEqual(['a', 'b', 'a']);
    const old = [viewed('a', now - 3000 * MINUTE)];
    expect(itemsOf(eventsWith(old, ['a'], describeNothing, now))).toEqual(['a', 'a']);
  });

  it('never lies in the future nor before what is known', () => {
    const events = eventsWith([viewed('a', now - 5000)], ['b', 'c', 'd'], describeNothing, now);
    const times = events.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(now);
  });

  it('knows what was in the cart when the order came', () => {
    const of = (kind: string, item?: string) => ({ kind, ...(item === undefined ? {} : { item }), at: now });
    const events = [
      of('Product Added', 'a'),
      of('Product Added', 'b'),
      of('Product Removed', 'b'),
      of('Product Viewed', 'c'),
      of('Order Completed'),
      of('Product Added', 'd'),
    ];
    expect([...boughtIn(events)]).toEqual(['a']);
  });
});
