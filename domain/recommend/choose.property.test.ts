/** Laws of what is shown, whatever the candidates and the filters are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recommendationReasons } from '../../events/recommendations.ts';
import { namesOf } from '../../functions/uses.ts';
import { type Candidate, choose, type Rules, type Source } from './choose.ts';

const items = Array.from({ length: 30 }, (_, i) => `item-${i}`);
const item = fc.constantFrom(...items);
const score = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0.001, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-320) },
);
const candidate: fc.Arbitrary<Candidate> = fc.record({
  item,
  score,
  because: fc.constantFrom(...namesOf(recommendationReasons)),
});
const sources = fc
  .array(fc.array(candidate, { maxLength: 25 }), { maxLength: 4 })
  .map((lists): Source<string>[] => lists.map((list, i) => ({ name: `s${i}`, candidates: () => list })));
const categories = fc
  .array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 30, maxLength: 30 })
  .map((drawn) => (one: string) => drawn[items.indexOf(one)]);
const rules: fc.Arbitrary<Rules> = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  diversity: fc.double({ min: 0, max: 1, noNaN: true }),
  allowed: fc.subarray(items).map((some) => (one: string) => some.includes(one)),
  categoryOf: categories,
});

const sound = ({ score: value }: Candidate): boolean => value > 0 && Number.isFinite(value);
const mayShow = (all: readonly Source<string>[], { allowed }: Rules): Set<string> =>
  new Set(
    all.flatMap(({ candidates }) =>
      [...candidates()]
        .filter(sound)
        .map((one) => one.item)
        .filter(allowed),
    ),
  );

describe('what is shown', () => {
  it('is allowed, sound, and no item twice', () => {
    fc.assert(
      fc.property(sources, rules, (given, set) => {
        const shown = choose(given, set);
        expect(new Set(shown.map((one) => one.item)).size).toBe(shown.length);
        for (const one of shown) {
          expect(set.allowed(one.item)).toBe(true);
          expect(sound(one)).toBe(true);
        }
      }),
    );
  });

  it('fills every place for which there is an item, from the sources in their order', () => {
    fc.assert(
      fc.property(sources, rules, (given, set) => {
        const shown = choose(given, set);
        expect(shown).toHaveLength(Math.min(set.limit, mayShow(given, set).size));
        const places = shown.map(({ from }) => Number(from.slice(1)));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  it('begins with the best item of the first source that has any', () => {
    fc.assert(
      fc.property(sources, rules, (given, set) => {
        const lists = given.map(({ candidates }) =>
          [...candidates()].filter((one) => sound(one) && set.allowed(one.item)),
        );
        const list = lists.find(({ length }) => length > 0) ?? [];
        const highest = Math.max(...list.map((one) => one.score));
        const [first] = choose(given, { ...set, diversity: Math.min(set.diversity, 0.99) });
        expect(first?.score).toBe(list.length > 0 ? highest : undefined);
      }),
    );
  });

  it('follows the scores within a source where variety counts nothing', () => {
    fc.assert(
      fc.property(sources, rules, (given, set) => {
        const shown = choose(given, { ...set, diversity: 0 });
        const rises = shown.filter((one, i) => {
          const before = shown[i - 1];
          return before?.from === one.from && before.score < one.score;
        });
        expect(rises).toEqual([]);
      }),
    );
  });

  it('puts two of one category side by side, where variety is all, only if its source has nothing else left', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 25 }), rules, (list, set) => {
        const shown = choose([{ name: 's', candidates: () => list }], { ...set, diversity: 1 });
        const all = mayShow([{ name: 's', candidates: () => list }], set);
        shown.slice(1).forEach((one, i) => {
          const category = set.categoryOf(one.item);
          if (category === undefined || category !== set.categoryOf(shown[i]?.item ?? '')) return;
          const left = [...all].filter(
            (other) => !shown.slice(0, i + 1).some((before) => before.item === other),
          );
          expect(left.every((other) => set.categoryOf(other) === category)).toBe(true);
        });
      }),
    );
  });

  it('does not depend on the order in which candidates come', () => {
    fc.assert(
      fc.property(fc.uniqueArray(candidate, { selector: (one) => one.item }), rules, (list, set) => {
        const [there, back] = [list, list.toReversed()].map((some) =>
          choose([{ name: 's', candidates: () => some }], set),
        );
        expect(back).toEqual(there);
      }),
    );
  });
});

it('weighs variety as stated', () => {
  const of = (name: string, value: number): Candidate => ({ item: name, score: value, because: 'popular' });
  const list = [of('a1', 10), of('a2', 9), of('b1', 5), of('a3', 8)];
  const shown = (diversity: number): string[] =>
    choose([{ name: 's', candidates: () => list }], {
      limit: 4,
      diversity,
      allowed: () => true,
      categoryOf: (name) => name[0],
    }).map((one) => one.item);
  expect(shown(0)).toEqual(['a1', 'a2', 'a3', 'b1']);
  // Second place at 0.3: a2 has 0.7 * 0.9 - 0.3 / 1 = 0.33, b1 has 0.7 * 0.5 = 0.35. Third: a2 0.63 - 0.3 / 2 = 0.48.
  expect(shown(0.3)).toEqual(['a1', 'b1', 'a2', 'a3']);
});
