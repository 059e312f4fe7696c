import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitCoVisitation, unpackCoVisitation } from './co-visitation.ts';
import { kthLargest, Largest } from './largest.ts';
import { indexOf, occurrences } from './occurrences.ts';
import { fitSessionKnn, unpackSessionKnn } from './session-knn.ts';
import { toSessions } from './sessions.ts';

const ITEMS = 12;
const lists = fc.array(fc.array(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 25,
});
const prefix = fc.array(fc.integer({ min: -2, max: ITEMS + 1 }), { maxLength: 8 });

it('every score is a finite number that is not below 0, stored or not', () => {
  fc.assert(
    fc.property(lists, fc.array(prefix, { minLength: 1, maxLength: 4 }), (given, visits) => {
      const sessions = toSessions(given);
      for (const [fitted, read] of [
        [fitSessionKnn(sessions, ITEMS), unpackSessionKnn],
        [fitCoVisitation(sessions, ITEMS), unpackCoVisitation],
      ] as const) {
        const stored = read(fitted.pack());
        for (const visit of visits) {
          const [a, b] = [new Float32Array(ITEMS), new Float32Array(ITEMS)];
          fitted.score(visit, a);
          stored.score(visit, b);
          expect(a).toEqual(b);
          expect(a.every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('a visit of ten thousand steps, half of them of unknown items, is scored like any other', () => {
  const sessions = toSessions([
    [0, 1, 2],
    [1, 2, 3],
    [4, 0],
  ]);
  const endless = Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? i % ITEMS : -1));
  for (const fitted of [fitSessionKnn(sessions, ITEMS), fitCoVisitation(sessions, ITEMS)]) {
    const scores = new Float32Array(ITEMS);
    fitted.score(endless, scores);
    expect(scores.every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
    expect(scores.some((score) => score > 0)).toBe(true);
  }
});

it('the index holds the newest occurrences of each item, newest first', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 5 }), fc.boolean(), (given, newest, once) => {
      const sessions = toSessions(given);
      const index = indexOf(sessions, ITEMS, { once, newest });
      const counts = occurrences(sessions, ITEMS, once);
      for (let item = 0; item < ITEMS; item++) {
        const [from, to] = [index.starts[item] ?? 0, index.starts[item + 1] ?? 0];
        const expected = given
          .flatMap((list, session) => {
            const found = list.flatMap((one) => (one === item ? [session] : []));
            return once ? found.slice(0, 1) : found;
          })
          .toReversed();
        expect(counts[item]).toBe(expected.length);
        expect([...index.sessions.subarray(from, to)]).toEqual(expected.slice(0, newest));
        for (let at = from; at < to; at++) expect(sessions.items[index.places[at] ?? -1]).toBe(item);
      }
    }),
    { numRuns: 60 },
  );
});

it('the k largest are what sorting finds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), fc.nat(), (list, any) => {
      const k = 1 + (any % list.length);
      const sorted = list.toSorted((a, b) => b - a);
      expect(kthLargest(Float32Array.from(list), k)).toBe(sorted[k - 1]);
      const largest = new Largest([...list.keys()], Float32Array.from(list), k);
      expect(list.filter((value) => largest.takes(value)).toSorted((a, b) => b - a)).toEqual(
        sorted.slice(0, k),
      );
    }),
  );
});
