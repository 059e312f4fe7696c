import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { type Matrix, takeRows, takeValues } from '../selection/learner.ts';
import { trainBoosting } from './boosting.ts';
import { trainForest, trainTree } from './forest.ts';
import { predict } from './predict.ts';
import { leafCount } from './tree.ts';

const COLUMNS = 3;

/** Values on a grid, so that sums are exact and transforms keep values apart. */
const tables = fc.nat(10_000).map((seed) => {
  const random = seededRandom(seed);
  const rows = 60;
  const data = Float64Array.from({ length: rows * COLUMNS }, () =>
    random() < 0.1 ? Number.NaN : Math.floor(random() * 20),
  );
  const y = Float64Array.from({ length: rows }, () => Math.floor(random() * 8));
  const x: Matrix = { rows, columns: COLUMNS, data };
  return { seed, x, y };
});

const numbers = { target: 'number', minChildWeight: 2 } as const;

test('a monotone change of a column changes no prediction', () => {
  fc.assert(
    fc.property(tables, ({ x, y, seed }) => {
      const curved = { ...x, data: x.data.map((v, i) => (i % COLUMNS === 1 ? Math.exp(v / 2) : v)) };
      const settings = { ...numbers, rounds: 5, maxDepth: 4 };
      const one = predict(trainBoosting(x, y, settings, { seed }), x);
      const other = predict(trainBoosting(curved, y, settings, { seed }), curved);
      expect(other).toEqual(one);
    }),
    { numRuns: 30 },
  );
});

test('a row with weight w is w equal rows', () => {
  fc.assert(
    fc.property(tables, ({ x, y, seed }) => {
      const random = seededRandom(seed + 1);
      const weights = Float64Array.from({ length: x.rows }, () => Math.floor(random() * 4));
      const repeated = Int32Array.from([...weights].flatMap((weight, row) => Array(weight).fill(row)));
      const binary = y.map((value) => Number(value > 3));
      const settings = { minChildWeight: 2, maxDepth: 3, l2: 1, rounds: 3 };
      const weighted = trainBoosting(x, binary, settings, { seed, weights });
      const long = trainBoosting(takeRows(x, repeated), takeValues(binary, repeated), settings, { seed });
      const [a, b] = [predict(weighted, x), predict(long, x)];
      const gaps = a.map((p, row) => ((weights[row] ?? 0) > 0 ? Math.abs(p - (b[row] ?? Number.NaN)) : 0));
      expect(Math.max(...gaps)).toBeLessThan(1e-6);
    }),
    { numRuns: 30 },
  );
});

/** Least squared error of one cut, by trying all cuts of all columns and both sides for missing values. */
function bestStump(x: Matrix, y: Float64Array, least: number): number {
  const error = (rows: number[]): number => {
    const mean = rows.reduce((sum, row) => sum + (y[row] ?? 0), 0) / rows.length;
    return rows.reduce((sum, row) => sum + ((y[row] ?? 0) - mean) ** 2, 0);
  };
  const all = [...y.keys()];
  let best = error(all);
  for (let column = 0; column < COLUMNS; column++) {
    const at = (row: number): number => x.data[row * COLUMNS + column] ?? Number.NaN;
    for (const cut of [...new Set(all.map(at)), Number.POSITIVE_INFINITY]) {
      for (const missingLeft of [true, false]) {
        const left = all.filter((row) => (Number.isNaN(at(row)) ? missingLeft : at(row) <= cut));
        const right = all.filter((row) => !left.includes(row));
        if (Math.min(left.length, right.length) >= least) best = Math.min(best, error(left) + error(right));
      }
    }
  }
  return best;
}

test('the first cut is the best of all', () => {
  fc.assert(
    fc.property(tables, ({ x, y, seed }) => {
      const stump = trainTree(x, y, { ...numbers, maxDepth: 1 }, { seed });
      const fitted = predict(stump, x);
      const error = y.reduce((sum, value, row) => sum + (value - (fitted[row] ?? 0)) ** 2, 0);
      expect(error).toBeCloseTo(bestStump(x, y, numbers.minChildWeight), 3);
    }),
    { numRuns: 30 },
  );
});

test('a full tree learns every row that can be told apart, and a limit on leaves holds', () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 9 }), ({ x, y, seed }, maxLeaves) => {
      const free = { target: 'number', minChildWeight: 1, maxDepth: Number.POSITIVE_INFINITY } as const;
      const keys = Array.from(y, (_, row) => x.data.subarray(row * COLUMNS, (row + 1) * COLUMNS).join());
      fc.pre(new Set(keys).size === y.length);
      predict(trainTree(x, y, free, { seed }), x).forEach((p, row) => expect(p).toBeCloseTo(y[row] ?? 0, 5));
      const limited = trainTree(x, y, { ...free, maxLeaves }, { seed });
      expect(limited.trees.map(leafCount)).toEqual([maxLeaves]);
    }),
    { numRuns: 20 },
  );
});

test('shares of classes add up to 1', () => {
  fc.assert(
    fc.property(tables, ({ x, y, seed }) => {
      const target = { classes: 8 };
      const boosted = trainBoosting(x, y, { target, rounds: 3 }, { seed });
      const forest = trainForest(x, y, { target, trees: 3 }, { seed });
      for (const model of [boosted, forest]) {
        const shares = predict(model, x);
        for (let at = 0; at < shares.length; at += 8)
          expect(shares.subarray(at, at + 8).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }
    }),
    { numRuns: 10 },
  );
});
