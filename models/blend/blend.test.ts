import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { BlendLearner, packBlend, rank, unpackBlend } from './blend.ts';
import { best, candidatesOf, columnsOf, PER_SOURCE, rowsOf, type Source } from './features.ts';

const ITEMS = 40;
const sources: readonly Source[] = [
  { name: 'knower', form: 'logit' },
  { name: 'guesser', form: 'points' },
];
const popularity = new Float32Array(ITEMS).fill(1);

/** The knower is right more often than not; the guesser never knows. */
function visit(random: () => number): { prefix: number[]; scores: Float32Array[]; next: number } {
  const next = Math.floor(random() * ITEMS);
  const knower = Float32Array.from({ length: ITEMS }, () => random());
  knower[next] = (knower[next] ?? 0) + 0.7;
  return {
    prefix: [Math.floor(random() * ITEMS)],
    scores: [knower, Float32Array.from({ length: ITEMS }, () => random())],
    next,
  };
}

function learned(seed: number) {
  const random = seededRandom(seed);
  const learner = new BlendLearner(sources, popularity);
  for (let i = 0; i < 400; i++) {
    const one = visit(random);
    learner.add(one, one.next);
  }
  return learner.fit();
}

describe('blend', () => {
  it('learns whom to believe', () => {
    const { weights } = learned(1);
    expect(weights).toHaveLength(columnsOf(sources).length);
    // The guesser's columns add up to next to nothing for its best candidate.
    const worth = (source: number): number =>
      weights.slice(source * PER_SOURCE, (source + 1) * PER_SOURCE).reduce((a, b) => a + Math.abs(b), 0);
    expect(worth(0)).toBeGreaterThan(3 * worth(1));
  });

  it('ranks what the better source prefers first, and says so', () => {
    const model = learned(2);
    const random = seededRandom(3);
    const hits = Array.from({ length: 200 }, () => {
      const one = visit(random);
      const ranked = rank(model, popularity, one, 5);
      expect(ranked.map(({ score }) => score)).toEqual(
        ranked.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      return { hit: ranked.some(({ item }) => item === one.next), because: ranked[0]?.because };
    });
    expect(hits.filter(({ hit }) => hit).length).toBeGreaterThan(120);
    expect(hits.every(({ because }) => because === 'knower')).toBe(true);
  });

  it('gives the same for the same visits', () => {
    expect(learned(4)).toEqual(learned(4));
  });
});

describe('stored', () => {
  it('is the same when read again', () => {
    const model = learned(6);
    expect(unpackBlend(packBlend(model))).toEqual(model);
  });

  it('refuses what was cut, and weights that fit other columns', () => {
    const model = learned(6);
    const refused = expect.objectContaining({ code: 'refused' });
    expect(() => unpackBlend(packBlend(model).subarray(0, 20))).toThrow(refused);
    expect(() => unpackBlend(packBlend({ ...model, weights: model.weights.slice(1) }))).toThrow(refused);
  });
});

describe('columns', () => {
  const row = (item: number, prefix: number[], scores: number[]): Record<string, number> => {
    const rows = rowsOf(
      { prefix, scores: [Float32Array.from(scores), new Float32Array(3)] },
      [item, 0],
      sources,
      Float32Array.of(1, 2, 3),
    );
    return Object.fromEntries(columnsOf(sources).map((name, c) => [name, rows[c] ?? Number.NaN]));
  };

  it('say what the sources say, and how the item stands in the visit', () => {
    expect(row(1, [1, 2, 1, 0], [4, 5, 6])).toEqual({
      knower: 5,
      'knower.knows': 1,
      'knower.long': expect.closeTo(5 * Math.log(4), 5),
      'knower.share': 1,
      'knower.place': 1,
      guesser: expect.closeTo(Math.log(1e-4), 5),
      'guesser.knows': 0,
      'guesser.long': expect.closeTo(Math.log(1e-4) * Math.log(4), 4),
      'guesser.share': 1,
      'guesser.place': 0,
      popularity: 2,
      'popularity.long': expect.closeTo(2 * Math.log(4), 5),
      inVisit: 1,
      'inVisit.long': expect.closeTo(Math.log(4), 5),
      justNow: 0,
      'justNow.long': 0,
      before: 1,
      ago: expect.closeTo(Math.log(2), 5),
      times: expect.closeTo(Math.log(2), 5),
    });
    expect(row(1, [0], [8, 5, 6])).toMatchObject({
      'knower.share': expect.closeTo(Math.exp(-3), 5),
      'knower.place': expect.closeTo(3 / 4),
    });
    expect(row(2, [1, 0], [4, 5, 6])).toMatchObject({ inVisit: 0, before: 0, ago: 0, times: 0 });
    expect(row(0, [1, 0], [4, 5, 6])).toMatchObject({
      justNow: 1,
      ago: 0,
      'justNow.long': expect.closeTo(Math.log(2), 5),
    });
  });
});

it('looks at the best of every source, and at items of the visit unless they cannot come again', () => {
  const scores = [Float32Array.of(0, 9, 5, 0, 0), Float32Array.of(0, 0, 1, 2, 0)];
  const sorted = (again?: boolean): number[] =>
    candidatesOf({ prefix: [0, 1, -1], scores, ...(again === undefined ? {} : { again }) }, 1).toSorted();
  expect(sorted()).toEqual([0, 1, 3]);
  expect(sorted(false)).toEqual([3]);
});

it('finds the best of many', () => {
  const random = seededRandom(5);
  const scores = Float32Array.from({ length: 1000 }, () => random());
  const expected = [...scores.keys()].toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, 30);
  expect(best(scores, 30).toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
  expect(best(Float32Array.of(0, 2, 0), 3)).toEqual([1]);
});
