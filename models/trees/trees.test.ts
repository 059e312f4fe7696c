import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import type { Matrix } from '../selection/learner.ts';
import { cutPoints } from './binning.ts';
import { trainBoosting } from './boosting.ts';
import { contributions } from './contributions.ts';
import { evaluate } from './evaluate.ts';
import { trainForest, trainTree } from './forest.ts';
import { restoreModel, storeModel, type TreeModel } from './model.ts';
import { predict } from './predict.ts';
import type { Target } from './settings.ts';

const random = seededRandom(3);
const x: Matrix = {
  rows: 1500,
  columns: 3,
  data: Float64Array.from({ length: 4500 }, () => random() * 2 - 1),
};
/** Neither column says anything alone. */
const xor = Float64Array.from({ length: x.rows }, (_, row) =>
  Number((x.data[row * 3] ?? 0) * (x.data[row * 3 + 1] ?? 0) > 0),
);
const noise = xor.map(() => Number(random() < 0.3));
const seed = 5;

const accuracy = (p: Float64Array, y: Float64Array): number =>
  p.filter((value, row) => Number(value > 0.5) === y[row]).length / y.length;

describe('cut points', () => {
  test('lie between neighbours when there are few values', () => {
    expect(cutPoints(Float32Array.of(3, 1, Number.NaN, 2, 1), 255)).toEqual(Float32Array.of(1.5, 2.5));
  });

  test('part many values into bins of equal size', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => i);
    expect(cutPoints(values, 4)).toEqual(Float32Array.of(249.5, 499.5, 749.5));
  });

  test('part neighbouring 32-bit numbers', () => {
    const above = 1 + 2 ** -23;
    const [cut = 0] = cutPoints(Float32Array.of(1, above), 255);
    expect(cut >= 1 && cut < above).toBe(true);
  });

  test('are none for a constant or wholly missing column', () => {
    expect(cutPoints(Float32Array.of(2, 2), 255)).toHaveLength(0);
    expect(cutPoints(Float32Array.of(Number.NaN, Number.NaN), 255)).toHaveLength(0);
  });
});

test('boosting and forests learn an interaction', () => {
  expect(accuracy(predict(trainBoosting(x, xor, { maxDepth: 3 }, { seed }), x), xor)).toBeGreaterThan(0.97);
  expect(accuracy(predict(trainForest(x, xor, { trees: 30 }, { seed }), x), xor)).toBeGreaterThan(0.95);
});

test('equal seeds give equal models, others do not', () => {
  const settings = { rounds: 5, rowShare: 0.5, columnShare: 0.7 };
  const boost = (s: number): unknown => storeModel(trainBoosting(x, xor, settings, { seed: s }));
  expect(boost(1)).toEqual(boost(1));
  expect(boost(1)).not.toEqual(boost(2));
  const forest = (s: number): unknown => storeModel(trainForest(x, xor, { trees: 3 }, { seed: s }));
  expect(forest(1)).toEqual(forest(1));
  expect(forest(1)).not.toEqual(forest(2));
});

test.each(['random', 'last'] as const)(
  'on noise it stops early and keeps the best round (%s part)',
  (part) => {
    const settings = { rounds: 200, maxDepth: 6, stopping: { share: 0.3, patience: 10, part } };
    const stopped = trainBoosting(x, noise, settings, { seed });
    expect(stopped.trees.length).toBeLessThan(20);
    const learned = trainBoosting(x, xor, { ...settings, rounds: 50 }, { seed });
    expect(learned.trees.length).toBeGreaterThan(20);
  },
);

test('rows held out for stopping teach nothing', () => {
  const last = x.rows - 500;
  const flipped = xor.map((value, row) => (row < last ? value : 1 - value));
  const settings = { rounds: 1, stopping: { share: 1 / 3, patience: 1, part: 'last' } } as const;
  const one = trainBoosting(x, xor, settings, { seed });
  const other = trainBoosting(x, flipped, settings, { seed });
  expect(storeModel(other)).toEqual(storeModel(one));
});

test('a missing value can be the whole signal, and an unseen one follows the majority', () => {
  const data = x.data.map((value, i) => (i % 3 === 0 && random() < 0.3 ? Number.NaN : value));
  const y = Float64Array.from({ length: x.rows }, (_, row) => Number(Number.isNaN(data[row * 3] ?? 0)));
  const model = trainTree({ ...x, data }, y, { maxDepth: 1 }, { seed });
  expect(accuracy(predict(model, { ...x, data }), y)).toBe(1);
  const whole = trainTree(
    { rows: 100, columns: 1, data: Float64Array.from({ length: 100 }, (_, i) => i) },
    Float64Array.from({ length: 100 }, (_, i) => Number(i < 30)),
    { maxDepth: 1 },
    { seed },
  );
  expect(predict(whole, { rows: 1, columns: 1, data: Float64Array.of(Number.NaN) })).toEqual(
    Float64Array.of(0),
  );
});

test('comes back from JSON; a tree that leads in circles does not', () => {
  const model = trainBoosting(x, xor, { rounds: 3, maxDepth: 3 }, { seed });
  const stored = storeModel(model);
  expect(restoreModel(JSON.parse(JSON.stringify(stored)))).toEqual(model);
  const [tree, ...rest] = stored.trees;
  const circular = { ...stored, trees: [{ ...tree, left: tree?.left.map(() => 0) }, ...rest] };
  expect(() => restoreModel(circular)).toThrow(/invalid/i);
});

test('measures what its target allows', () => {
  const fit = (target: Target): TreeModel => trainBoosting(x, xor, { rounds: 30, target }, { seed });
  expect(evaluate(fit('binary'), x, xor)['auc']).toBeGreaterThan(0.97);
  expect(evaluate(fit({ classes: 2 }), x, xor)['accuracy']).toBeGreaterThan(0.9);
  expect(evaluate(fit('number'), x, xor)['rmse']).toBeLessThan(0.4);
  expect(evaluate(trainTree(x, noise, { maxDepth: 0 }, { seed }), x, noise)['auc']).toBe(0.5);
});

test('refuses to predict for rows of another width', () => {
  const model = trainBoosting(x, xor, { rounds: 1 }, { seed });
  const narrow = { rows: 1, columns: 2, data: Float64Array.of(1, 2) };
  expect(() => predict(model, narrow)).toThrow(WellspringError);
  expect(() => contributions(model, narrow)).toThrow(WellspringError);
});

describe('refuses', () => {
  const fit = (matrix: Matrix, y: Float64Array, weights?: Float64Array): unknown =>
    trainBoosting(matrix, y, {}, { seed, ...(weights ? { weights } : {}) });
  test.each([
    ['too few targets', () => fit(x, xor.subarray(1))],
    [
      'a target that is no number',
      () =>
        fit(
          x,
          xor.map((value, row) => (row === 3 ? Number.NaN : value)),
        ),
    ],
    [
      'a third class',
      () =>
        fit(
          x,
          xor.map((value) => value * 2),
        ),
    ],
    [
      'negative weights',
      () =>
        fit(
          x,
          xor,
          xor.map((value) => value - 0.5),
        ),
    ],
    [
      'weights of 0 only',
      () =>
        fit(
          x,
          xor,
          xor.map(() => 0),
        ),
    ],
    ['infinite values', () => fit({ ...x, data: x.data.map((v) => v / 0) }, xor)],
    ['a matrix of another size', () => fit({ ...x, columns: 4 }, xor)],
  ])('%s', (_, act) => {
    expect(act).toThrow(WellspringError);
  });

  test('nothing when all targets are equal: it predicts them', () => {
    const model = trainBoosting(
      x,
      xor.map(() => 1),
      { rounds: 3 },
      { seed },
    );
    predict(model, x).forEach((p) => expect(p).toBeGreaterThan(0.999));
  });
});
