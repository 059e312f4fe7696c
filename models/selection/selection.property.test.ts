import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { calibrate, fitIsotonic, fitPlatt } from './calibrate.ts';
import { linearContributions } from './contributions.ts';
import { type EncoderPlan, encode, encodedGroups, encoderSchema, fitEncoder } from './encode.ts';
import { stratifiedFolds, timeSplits } from './folds.ts';
import { reliabilityTable } from './reliability.ts';
import { type Table, takeTable } from './table.ts';

const labels = fc
  .array(fc.constantFrom(0, 1, 2), { minLength: 10, maxLength: 80 })
  .map((list) => Float64Array.from(list));

test('stratified folds: every row tests once, and labels spread evenly', () => {
  fc.assert(
    fc.property(labels, fc.integer({ min: 2, max: 10 }), fc.nat(), (y, count, seed) => {
      const folds = stratifiedFolds(y, count, seed);
      expect(folds.flatMap(({ test: rows }) => [...rows]).sort((a, b) => a - b)).toEqual([...y.keys()]);
      for (const { train, test: rows } of folds) {
        expect([...train, ...rows].sort((a, b) => a - b)).toEqual([...y.keys()]);
      }
      for (const label of new Set(y)) {
        const inFold = folds.map(({ test: rows }) => rows.filter((row) => y[row] === label).length);
        expect(Math.max(...inFold) - Math.min(...inFold)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('time splits: all training rows lie before the gap, and test parts follow each other to the end', () => {
  const cases = fc.record({
    rows: fc.integer({ min: 50, max: 300 }),
    first: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
    parts: fc.integer({ min: 1, max: 5 }),
    gap: fc.nat(5),
    window: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(cases, ({ rows, gap, window, ...rest }) => {
      const folds = timeSplits(rows, { ...rest, gap, window });
      const tested = folds.flatMap(({ test: part }) => [...part]);
      expect(tested).toEqual(tested.map((_, i) => rows - tested.length + i));
      for (const { train, test: part } of folds) {
        expect(train.at(-1)).toBe((part[0] ?? 0) - gap - 1);
        expect(train.length).toBe(Math.min(window, (part[0] ?? 0) - gap));
      }
    }),
  );
});

const heldOut = fc.nat(10_000).map((seed) => {
  const random = seededRandom(seed);
  const predicted = Float64Array.from({ length: 60 }, () => Math.round(random() * 20) / 20);
  const y = predicted.map((p, row) => (row < 2 ? row : Number(random() < p ** 2)));
  return { predicted, y };
});

/** Largest sum of a block's outcomes: max over starts, min over ends, of the mean between (the min-max formula). */
function minMax({ predicted, y }: { predicted: Float64Array; y: Float64Array }, at: number): number {
  const values = [...new Set(predicted)].sort((a, b) => a - b);
  const meanOf = (from: number, to: number): number => {
    const rows = [...y.keys()].filter((row) => (predicted[row] ?? 0) >= from && (predicted[row] ?? 0) <= to);
    return rows.reduce((sum, row) => sum + (y[row] ?? 0), 0) / rows.length;
  };
  const ends = values.filter((value) => value >= at);
  return Math.max(
    ...values.filter((value) => value <= at).map((from) => Math.min(...ends.map((to) => meanOf(from, to)))),
  );
}

test('isotonic: rises, keeps the mean, equals the min-max formula', () => {
  fc.assert(
    fc.property(heldOut, (data) => {
      const calibrator = fitIsotonic(data);
      const out = calibrate(calibrator, data.predicted);
      const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
      expect(sum(out)).toBeCloseTo(sum(data.y), 9);
      data.predicted.forEach((p, row) => expect(out[row]).toBeCloseTo(minMax(data, p), 9));
      const grid = calibrate(
        calibrator,
        Float64Array.from({ length: 101 }, (_, i) => i / 100),
      );
      grid.forEach((p, i) => expect(p).toBeGreaterThanOrEqual((grid[i - 1] ?? 0) - 1e-12));
    }),
    { numRuns: 12 },
  );
});

test('Platt: no line in the log odds has a smaller loss on its targets', () => {
  fc.assert(
    fc.property(heldOut, ({ predicted, y }) => {
      const inside = predicted.map((p) => 0.02 + 0.96 * p);
      const fitted = fitPlatt({ predicted: inside, y });
      if (fitted.method !== 'platt') throw new TypeError();
      const ones = y.reduce((a, b) => a + b, 0);
      const targets = y.map((v) => (v === 1 ? (ones + 1) / (ones + 2) : 1 / (y.length - ones + 2)));
      const loss = (slope: number, intercept: number): number => {
        const p = calibrate({ ...fitted, slope, intercept }, inside);
        return p.reduce(
          (s, v, i) => s - (targets[i] ?? 0) * Math.log(v) - (1 - (targets[i] ?? 0)) * Math.log(1 - v),
          0,
        );
      };
      const least = loss(fitted.slope, fitted.intercept);
      for (const [a, b] of [
        [0.01, 0],
        [-0.01, 0],
        [0, 0.01],
        [0, -0.01],
      ] as const) {
        expect(loss(fitted.slope + a, fitted.intercept + b)).toBeGreaterThan(least);
      }
    }),
    { numRuns: 30 },
  );
});

test('reliability bins cover every row, and what was observed lies in its interval', () => {
  fc.assert(
    fc.property(heldOut, fc.integer({ min: 1, max: 12 }), ({ predicted, y }, bins) => {
      const table = reliabilityTable(y, predicted, bins);
      expect(table.reduce((sum, { rows }) => sum + rows, 0)).toBe(y.length);
      for (const { low, high, observed } of table) {
        expect(low).toBeLessThanOrEqual(observed);
        expect(high).toBeGreaterThanOrEqual(observed);
      }
    }),
  );
});

const plans: fc.Arbitrary<EncoderPlan> = fc.record({
  numbers: fc.constantFrom('keep', 'standard', 'asinh'),
  categories: fc.constantFrom('onehot', 'target'),
  leastRows: fc.constant(2),
});
const tables: fc.Arbitrary<Table> = fc.nat(10_000).map((seed) => {
  const random = seededRandom(seed);
  const number = (): number => (random() < 0.2 ? Number.NaN : random() * 1000 - 200);
  return {
    rows: 40,
    columns: [
      { name: 'n', kind: 'number', values: Float64Array.from({ length: 40 }, number) },
      {
        name: 'c',
        kind: 'category',
        values: Array.from({ length: 40 }, () => 'abcdef'[Math.floor(random() * 6)] ?? ''),
      },
    ],
  };
});
const y = Float64Array.from({ length: 40 }, (_, row) => row % 2);

test('an encoder comes back from JSON, encodes row by row, and fills the columns it names', () => {
  fc.assert(
    fc.property(tables, plans, (table, plan) => {
      const encoder = fitEncoder(table, y, plan);
      const whole = encode(encoderSchema.parse(JSON.parse(JSON.stringify(encoder))), table);
      const single = encode(encoder, takeTable(table, Int32Array.of(7)));
      expect(single.data).toEqual(whole.data.slice(7 * whole.columns, 8 * whole.columns));
      const columns = Object.values(encodedGroups(encoder)).flat();
      expect(columns).toEqual(Array.from({ length: whole.columns }, (_, i) => i));
      expect(plan.numbers === 'keep' || !whole.data.some(Number.isNaN)).toBe(true);
    }),
  );
});

test('linear contributions add up to the score', () => {
  const vectors = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      vectors,
      vectors,
      vectors,
      fc.double({ min: -9, max: 9, noNaN: true }),
      (theta, means, row, b) => {
        const x = { rows: 1, columns: 3, data: Float64Array.from(row) };
        const { base, values } = linearContributions(
          Float64Array.from(theta),
          b,
          Float64Array.from(means),
          x,
        );
        const score = row.reduce((sum, value, i) => sum + value * (theta[i] ?? 0), b);
        expect(base + values.reduce((a, c) => a + c, 0)).toBeCloseTo(score, 9);
      },
    ),
  );
});
