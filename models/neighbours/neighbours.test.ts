import { describe, expect, it } from 'vitest';
import { fitCoVisitation } from './co-visitation.ts';
import { fitPopularity, sessionPopularity } from './popularity.ts';
import type { Recommender } from './recommender.ts';
import { fitSessionKnn } from './session-knn.ts';
import { toSessions } from './sessions.ts';

const scores = (recommender: Recommender, prefix: number[]): Float32Array => {
  const out = new Float32Array(recommender.items);
  recommender.score(prefix, out);
  return out;
};
const order = (list: Float32Array): number[] =>
  [...list.keys()].toSorted((a, b) => (list[b] ?? 0) - (list[a] ?? 0));

// Two tastes that share item 4.
const sessions = toSessions([
  [0, 1, 2],
  [0, 1, 4],
  [5, 6, 7],
  [5, 6, 4],
  [0, 1, 2],
]);

describe('popularity', () => {
  it('counts', () => {
    expect([...scores(fitPopularity(sessions, 8), [3])]).toEqual([3, 3, 2, 0, 2, 2, 2, 1]);
  });

  it('puts items of the session first', () => {
    const first = order(scores(sessionPopularity(fitPopularity(sessions, 8)), [7, 3, 7]));
    expect(first.slice(0, 3)).toEqual([7, 3, 0]);
  });
});

describe('co-visitation', () => {
  it('knows what follows', () => {
    const found = scores(fitCoVisitation(sessions, 8), [5, 6]);
    expect(order(found).slice(0, 2).toSorted()).toEqual([4, 7]);
    expect(found[2]).toBe(0);
  });

  it('gives pairs in order more than reversed ones', () => {
    const recommender = fitCoVisitation(toSessions([[0, 1]]), 2, { backward: 0.3 });
    // Rows have length 1, so a single neighbour has all of it, in either direction.
    expect(scores(recommender, [0])[1]).toBeCloseTo(1);
    expect(scores(fitCoVisitation(toSessions([[0, 1, 2]]), 3), [1])[2]).toBeGreaterThan(
      scores(fitCoVisitation(toSessions([[0, 1, 2]]), 3), [1])[0] ?? 0,
    );
  });
});

describe('session neighbours', () => {
  it('follow the visit, not the crowd', () => {
    const knn = fitSessionKnn(sessions, 8);
    // The visit's own items may come again, so they are ranked too.
    expect(order(scores(knn, [0, 1])).filter((item) => item > 1)[0]).toBe(2);
    const other = scores(knn, [5, 6]);
    expect(other[7]).toBeGreaterThan(0);
    expect(other[2]).toBe(0);
  });

  it('prefer newer sessions', () => {
    const knn = fitSessionKnn(
      toSessions([
        [0, 1],
        [3, 3],
        [3, 3],
        [0, 2],
      ]),
      4,
      { sessionDecay: 0.2 },
    );
    const found = scores(knn, [0]);
    expect(found[2]).toBeGreaterThan(found[1] ?? 0);
  });

  it('look at the newest sessions of an item only, and at k of them', () => {
    const many = toSessions(Array.from({ length: 20 }, (_, i) => [0, 1 + i]));
    const knows = (options: { k?: number; newest?: number }): number =>
      scores(fitSessionKnn(many, 21, options), [0]).filter((score) => score > 0).length - 1;
    expect(knows({ newest: 5 })).toBe(5);
    expect(knows({ k: 3 })).toBe(3);
    expect(knows({})).toBe(20);
  });

  it('answer the same twice, and nothing for an item nobody had', () => {
    const knn = fitSessionKnn(sessions, 9);
    const first = scores(knn, [0, 4]);
    scores(knn, [5]);
    expect(scores(knn, [0, 4])).toEqual(first);
    expect(scores(knn, [8]).every((score) => score === 0)).toBe(true);
  });
});
