import { describe, expect, it } from 'vitest';
import { fitCoVisitation, unpackCoVisitation } from './co-visitation.ts';
import { evaluate } from './evaluate.ts';
import { fitPopularity, sessionPopularity, unpackPopularity } from './popularity.ts';
import type { Recommender } from './recommender.ts';
import { fitSessionKnn, type SessionKnnOptions, unpackSessionKnn } from './session-knn.ts';
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

/** Nothing fades, nothing counts more: what is left is the thing a test is about. */
const plain: SessionKnnOptions = {
  k: 100,
  newest: 100,
  itemDecay: Number.MAX_VALUE,
  idf: 0,
  pointsIdf: 0,
  sessionDecay: Number.MAX_VALUE,
  length: 0,
  afterDecay: Number.MAX_VALUE,
  beforeDecay: Number.MAX_VALUE,
  before: 1,
  next: 1,
  repeat: 1,
};

describe('popularity', () => {
  it('counts', () => {
    expect([...scores(fitPopularity(sessions, 8), [3])]).toEqual([3, 3, 2, 0, 2, 2, 2, 1]);
  });

  it('counts older sessions less when asked to', () => {
    const { counts } = fitPopularity(toSessions([[0], [1]]), 2, { sessionDecay: 0.5 });
    expect([counts[0], counts[1]]).toEqual([expect.closeTo(Math.exp(-1)), 1]);
  });

  it('puts items of the session first', () => {
    const first = order(scores(sessionPopularity(fitPopularity(sessions, 8)), [7, 3, 7, -1, 99]));
    expect(first.slice(0, 3)).toEqual([7, 3, 0]);
  });
});

describe('co-visitation', () => {
  it('knows what follows', () => {
    const found = scores(fitCoVisitation(sessions, 8), [5, 6]);
    expect(order(found).slice(0, 2).toSorted()).toEqual([4, 7]);
    expect(found[2]).toBe(0);
  });

  it('weighs distance, direction and age as stated', () => {
    const one = fitCoVisitation(toSessions([[0, 1, 2, 3]]), 4, { reach: 2, distance: 1, backward: 0.5 });
    // From 1: 2 is next, 3 two steps on, 0 one step back; the row has length 1.
    const length = Math.hypot(1, 0.5, 0.5);
    expect([...scores(one, [1])].map((score) => score * length)).toEqual(
      [0.5, 0, 1, 0.5].map((value) => expect.closeTo(value)),
    );
    const aged = fitCoVisitation(
      toSessions([
        [0, 1],
        [0, 2],
      ]),
      3,
      { sessionDecay: 0.5 },
    );
    const found = scores(aged, [0]);
    expect((found[1] ?? 0) / (found[2] ?? 1)).toBeCloseTo(Math.exp(-1));
  });

  it('counts an item that follows itself only when asked to', () => {
    const twice = toSessions([[0, 0, 1]]);
    expect(scores(fitCoVisitation(twice, 2), [0])[0]).toBe(0);
    expect(scores(fitCoVisitation(twice, 2, { repeats: true }), [0])[0]).toBeGreaterThan(0);
  });

  it('remembers earlier items less, and keeps the strongest neighbours', () => {
    const recommender = fitCoVisitation(
      toSessions([
        [0, 1],
        [2, 3],
        [2, 3],
        [2, 4],
      ]),
      5,
      { memory: 0.25, keep: 1 },
    );
    expect([...scores(recommender, [0, 2])]).toEqual([0, 0.25, 0, 1, 0]);
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

  it('add up similarities: by hand', () => {
    const knn = fitSessionKnn(sessions, 8, { ...plain, idf: 1, length: 0.5 });
    // 0 and 1 are each in 3 of 5 sessions, 4 in 2; sessions have 3 items.
    const [common, rare] = [Math.log(1 + 5 / 3), Math.log(1 + 5 / 2)];
    const found = [...scores(knn, [1, 4])].map((score) => score * Math.sqrt(3));
    expect(found).toEqual(
      [3 * common + rare, 3 * common + rare, 2 * common, 0, common + 2 * rare, rare, rare, 0].map((value) =>
        expect.closeTo(value, 4),
      ),
    );
  });

  it.each<[keyof SessionKnnOptions, number, number[], number, number, number]>([
    // option, value, visit, item, other item, expected ratio of their points
    ['afterDecay', 2, [0], 2, 1, Math.exp(-0.5)],
    ['beforeDecay', 2, [3], 1, 2, Math.exp(-0.5)],
    ['before', 0.5, [1], 0, 2, 0.5],
    ['next', 3, [0], 1, 2, 3],
    ['repeat', 0.25, [0], 0, 2, 0.25],
    ['sessionDecay', 0.5, [4], 5, 6, Math.exp(-2 / 3)],
    ['pointsIdf', 1, [5], 4, 6, Math.log(1 + 3 / 2) / Math.log(1 + 3)],
    ['itemDecay', 2, [0, 6], 1, 4, Math.exp(-0.5)],
  ])('%s does what it says', (option, value, visit, item, other, ratio) => {
    const some = toSessions([
      [0, 1, 2, 3],
      [5, 4],
      [4, 6],
    ]);
    const only = option === 'pointsIdf' ? toSessions([[5, 4, 6], [4, 0], [1]]) : some;
    const found = scores(fitSessionKnn(only, 7, { ...plain, [option]: value }), visit);
    expect((found[item] ?? 0) / (found[other] ?? 0)).toBeCloseTo(ratio, 5);
  });

  it('are anchored at the common item that was looked at last', () => {
    const knn = fitSessionKnn(toSessions([[0, 1, 2, 3]]), 4, { ...plain, itemDecay: 1, next: 2 });
    const found = scores(knn, [2, 0]);
    expect((found[1] ?? 0) / (found[3] ?? 0)).toBeCloseTo(2);
  });

  it('look at the newest sessions of an item only, and at k of them', () => {
    const many = toSessions(Array.from({ length: 20 }, (_, i) => [0, 1 + i]));
    const knows = (options: Partial<SessionKnnOptions>): number[] => {
      const found = scores(fitSessionKnn(many, 21, { ...plain, ...options }), [0]);
      return [...found.keys()].filter((item) => item > 0 && (found[item] ?? 0) > 0);
    };
    expect(knows({ newest: 5 })).toEqual([16, 17, 18, 19, 20]);
    expect(knows({ k: 3 })).toHaveLength(3);
    expect(knows({})).toHaveLength(20);
  });

  it('answer the same twice, and nothing for an item nobody had or that is none', () => {
    const knn = fitSessionKnn(sessions, 9);
    const first = scores(knn, [0, 4]);
    scores(knn, [5]);
    expect(scores(knn, [0, 4])).toEqual(first);
    for (const prefix of [[8], [], [-1], [9], [Number.NaN], [0.5]]) {
      expect(scores(knn, prefix).every((score) => score === 0)).toBe(true);
    }
    expect(scores(knn, [0, 4])).toEqual(first);
  });

  it('survive a visit of 10,000 steps', () => {
    const long = Array.from({ length: 10_000 }, (_, i) => i % 8);
    const found = scores(fitSessionKnn(sessions, 8), long);
    expect(found.every((score) => Number.isFinite(score))).toBe(true);
    expect(found.some((score) => score > 0)).toBe(true);
  });
});

describe('stored', () => {
  const visit = [0, 4, 6];
  it.each([
    ['popularity', fitPopularity(sessions, 8), unpackPopularity],
    ['co-visitation', fitCoVisitation(sessions, 8), unpackCoVisitation],
    ['session-knn', fitSessionKnn(sessions, 8), unpackSessionKnn],
  ])('%s answers as before; the bytes are the same each time', (_, recommender, read) => {
    const bytes = recommender.pack();
    // At an odd place of a larger buffer, as a file within an archive may lie.
    const shifted = Buffer.alloc(bytes.length + 3);
    shifted.set(bytes, 3);
    const again = read(shifted.subarray(3));
    expect(scores(again, visit)).toEqual(scores(recommender, visit));
    expect(again.pack()).toEqual(bytes);
  });

  it('refuses other bytes, cut bytes, and sessions that do not fit together', () => {
    const bytes = fitSessionKnn(sessions, 8).pack();
    const refused = expect.objectContaining({ code: 'refused' });
    expect(() => unpackPopularity(bytes)).toThrow(refused);
    for (const length of [0, 7, 20, bytes.length - 4]) {
      expect(() => unpackSessionKnn(bytes.subarray(0, length))).toThrow(refused);
    }
    const wrong = bytes.slice();
    // The arrays are the last bytes: the very last number is the end of the last session.
    wrong[bytes.length - 4] = 99;
    expect(() => unpackSessionKnn(wrong)).toThrow(refused);
  });
});

it('evaluation counts an item without a score as a miss', () => {
  const knower: Recommender = { items: 30, score: (prefix, out) => out.fill(1, 0, (prefix[0] ?? 0) + 1) };
  const { cases, hitRate } = evaluate(
    knower,
    [
      { prefix: [0], next: 0 },
      { prefix: [0], next: 1 },
      { prefix: [0], next: -1 },
      { prefix: [29], next: 3 },
    ],
    20,
  );
  // The last: 30 equal scores, its place is the 16th.
  expect([cases, hitRate]).toEqual([4, 0.5]);
});
