import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import { calibrated } from './calibrate.ts';
import { crossValidate, mean } from './cross-validate.ts';
import { encode, fitEncoder, withEncoder } from './encode.ts';
import { averaged } from './ensemble.ts';
import { stratifiedFolds } from './folds.ts';
import { permutationImportance } from './importance.ts';
import { type Learner, type Matrix, takeRows } from './learner.ts';
import { recencyWeighted } from './recent.ts';
import { selectModel } from './select.ts';
import { type Table, takeTable } from './table.ts';

const random = seededRandom(11);
const x: Matrix = { rows: 600, columns: 3, data: Float64Array.from({ length: 1800 }, () => random()) };
const first = (matrix: Matrix): Float64Array => matrix.data.filter((_, i) => i % matrix.columns === 0);
const y = first(x).map((p) => Number(random() < p));

/** Says the first column, cubed: ranks well, and is not calibrated. */
const cubed: Learner = { name: 'cubed', fit: () => ({ predict: (rows) => first(rows).map((p) => p ** 3) }) };
/** Learns rows by heart: perfect on what it saw, knows nothing else. */
const byHeart: Learner = {
  name: 'by heart',
  fit(seen, targets) {
    const key = (matrix: Matrix, row: number): string => matrix.data.subarray(row * 3, row * 3 + 3).join();
    const known = new Map(Array.from(targets, (target, row) => [key(seen, row), target]));
    return {
      predict: (rows) =>
        Float64Array.from({ length: rows.rows }, (_, row) => known.get(key(rows, row)) ?? 0.5),
    };
  },
};
const accuracy = (truth: Float64Array, p: Float64Array): number =>
  p.filter((value, row) => Number(value > 0.5) === truth[row]).length / p.length;
const gap = (truth: Float64Array, p: Float64Array): number =>
  Math.abs(p.reduce((sum, value, row) => sum + value - (truth[row] ?? 0), 0)) / p.length;

const folds = stratifiedFolds(y, 5, 1);
const trial = { x, y, take: takeRows, folds, metrics: { accuracy, gap }, seed: 1 };

describe('cross-validation', () => {
  test('shows that what is learned by heart is worth nothing', () => {
    const { scores, predicted } = crossValidate({ ...trial, learner: byHeart });
    expect([...new Set(predicted)]).toEqual([0.5]);
    expect(scores['accuracy']).toHaveLength(5);
    expect(mean(scores['accuracy'] ?? [])).toBeLessThan(0.6);
  });
});

describe('calibration', () => {
  test.each(['platt', 'isotonic'] as const)(
    '%s closes the gap between predictions and outcomes',
    (method) => {
      const before = crossValidate({ ...trial, learner: cubed });
      const after = crossValidate({ ...trial, learner: calibrated(cubed, { method, take: takeRows }) });
      expect(mean(before.scores['gap'] ?? [])).toBeGreaterThan(0.15);
      expect(mean(after.scores['gap'] ?? [])).toBeLessThan(0.07);
    },
  );

  test('is fitted on rows that the model had not seen', () => {
    const fitted = calibrated(byHeart, { method: 'isotonic', take: takeRows }).fit(x, y, { seed: 1 });
    // By heart, everything would be 0 or 1; held-out predictions are all one half.
    expect(new Set(fitted.predict(x)).size).toBe(1);
  });

  test('refuses outcomes of one kind', () => {
    const learner = calibrated(cubed, { method: 'platt', take: takeRows });
    expect(() =>
      learner.fit(
        x,
        y.map(() => 1),
        { seed: 1 },
      ),
    ).toThrow(WellspringError);
  });
});

describe('selection', () => {
  test('takes the simplest within one standard error, and says why', () => {
    const candidates = [
      { name: 'far', scores: [0.5, 0.5, 0.5] },
      { name: 'near', scores: [0.79, 0.8, 0.81] },
      { name: 'best', scores: [0.75, 0.82, 0.86] },
    ];
    const chosen = selectModel(candidates);
    expect(chosen).toMatchObject({ name: 'near', best: 'best' });
    expect(chosen.reason).toMatch(/best has 0.8100.*near is simpler/);
  });

  test('takes the best where it is clearly better', () => {
    const candidates = [
      { name: 'simple', scores: [0.5, 0.5] },
      { name: 'good', scores: [0.9, 0.91] },
    ];
    expect(selectModel(candidates).name).toBe('good');
  });

  test('refuses candidates of different folds, and none', () => {
    const candidates = [
      { name: 'a', scores: [1] },
      { name: 'b', scores: [1, 2] },
    ];
    expect(() => selectModel(candidates)).toThrow(WellspringError);
    expect(() => selectModel([])).toThrow(WellspringError);
  });
});

test('permutation importance finds the one column that counts, the same for a seed', () => {
  const task = {
    fitted: cubed.fit(x, y, { seed: 1 }),
    x,
    y,
    metric: accuracy,
    groups: { one: [0], others: [1, 2] },
    seed: 3,
  };
  const [top, rest] = permutationImportance(task);
  expect(top?.name).toBe('one');
  expect(top?.low).toBeGreaterThan(0.05);
  expect(rest).toEqual({ name: 'others', loss: 0, low: 0, high: 0 });
  expect(permutationImportance(task)[0]).toEqual(top);
});

describe('the encoder', () => {
  const table: Table = {
    rows: 6,
    columns: [
      {
        name: 'n',
        kind: 'number',
        values: Float64Array.of(1, 2, 3, Number.NaN, 2, Number.POSITIVE_INFINITY),
      },
      { name: 'c', kind: 'category', values: ['a', 'a', 'b', 'b', 'rare', ''] },
    ],
  };
  const target = Float64Array.of(0, 0, 1, 1, 1, 0);

  test('fills, scales and flags numbers, and gives known categories a column each', () => {
    const encoder = fitEncoder(table, target, { numbers: 'standard', categories: 'onehot', leastRows: 2 });
    const { columns, data } = encode(encoder, table);
    const deviation = Math.sqrt(2 / 6);
    const row = (i: number): number[] => [...data.subarray(i * columns, (i + 1) * columns)];
    expect(row(0)).toEqual([-1 / deviation, 0, 1, 0]);
    expect(row(3)).toEqual([0, 1, 0, 1]);
    expect(row(4)).toEqual([0, 0, 0, 0]);
    expect(row(5)).toEqual([0, 1, 0, 0]);
  });

  test('draws the mean of a category towards the mean of all', () => {
    const plan = { numbers: 'keep', categories: 'target', leastRows: 2, prior: 2 } as const;
    const { data } = encode(fitEncoder(table, target, plan), table);
    expect(data.filter((_, i) => i % 2 === 1)).toEqual(Float64Array.of(0.25, 0.25, 0.75, 0.75, 0.5, 0.5));
    expect(Array.from(data.filter((_, i) => i % 2 === 0))).toEqual([1, 2, 3, Number.NaN, 2, Number.NaN]);
  });

  test('refuses a column that is absent or of another kind', () => {
    const encoder = fitEncoder(table, target, { numbers: 'keep', categories: 'onehot' });
    expect(() => encode(encoder, { ...table, columns: table.columns.slice(1) })).toThrow(/column n/);
    const other = { ...table, columns: table.columns.map((column) => ({ ...column, name: 'n' })).reverse() };
    expect(() => encode(encoder, other)).toThrow(/must hold a number/);
  });

  test('inside cross-validation knows nothing of the rows it is tested on', () => {
    const values = Float64Array.from({ length: 100 }, (_, row) => row);
    const long: Table = { rows: 100, columns: [{ name: 'n', kind: 'number', values }] };
    const spied: Learner = {
      name: 'spied',
      fit: (seen) => ({ predict: (rows) => rows.data.map(() => seen.data.reduce((a, b) => a + b, 0)) }),
    };
    const learner = withEncoder(spied, { numbers: 'standard', categories: 'onehot' });
    const targets = values.map((value) => value % 2);
    const result = crossValidate({
      learner,
      x: long,
      y: targets,
      take: takeTable,
      folds: [{ train: Int32Array.of(0, 1, 2, 3), test: Int32Array.of(50, 99) }],
      metrics: {},
      seed: 1,
    });
    // Scaled by its own mean, a training part sums to 0.
    expect(result.predicted[50]).toBeCloseTo(0, 9);
    expect(result.predicted[10]).toBeNaN();
  });
});

test('an average is the mean of its members', () => {
  const constant = (value: number): Learner => ({
    name: `${value}`,
    fit: () => ({ predict: (rows) => new Float64Array(rows.rows).fill(value) }),
  });
  const fitted = averaged([constant(0.2), constant(0.6)]).fit(x, y, { seed: 1 });
  expect(new Set(fitted.predict(x))).toEqual(new Set([0.4]));
});

test('recency weights halve with every half-life, and multiply those given', () => {
  let seen: Float64Array | undefined;
  const spied: Learner = {
    name: 'spied',
    fit(_x, _y, { weights }) {
      seen = weights;
      return { predict: (rows) => new Float64Array(rows.rows) };
    },
  };
  const three = { rows: 3, columns: 1, data: new Float64Array(3) };
  recencyWeighted(spied, 1).fit(three, new Float64Array(3), { seed: 1 });
  expect(seen).toEqual(Float64Array.of(0.25, 0.5, 1));
  recencyWeighted(spied, 2).fit(three, new Float64Array(3), { seed: 1, weights: Float64Array.of(4, 0, 3) });
  expect(seen).toEqual(Float64Array.of(2, 0, 3));
});
