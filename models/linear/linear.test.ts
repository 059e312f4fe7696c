import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import { crossValidate, mean } from '../selection/cross-validate.ts';
import { stratifiedFolds } from '../selection/folds.ts';
import { type Matrix, takeRows } from '../selection/learner.ts';
import { trainLogistic, trainSoftmax } from './classification.ts';
import { evaluate } from './evaluate.ts';
import { intervals } from './intervals.ts';
import { logisticRegression } from './learners.ts';
import { contributions, type LinearModel, predict } from './model.ts';
import { toOnnx } from './onnx.ts';
import { trainLinear } from './regression.ts';
import { takeSparse } from './rows.ts';

const random = seededRandom(21);
const COLUMNS = 4;
/** The last column never varies; the third is large and varies little, like a time. */
function rows(n: number): Matrix {
  const data = Float64Array.from({ length: n * COLUMNS }, (_, at) => {
    const column = at % COLUMNS;
    return column === 3 ? 7 : column === 2 ? 20_000 + random() * 10 : random() * 4 - 2;
  });
  return { rows: n, columns: COLUMNS, data };
}
const x = rows(600);
const fresh = rows(300);
const truth = (matrix: Matrix): Float64Array =>
  Float64Array.from({ length: matrix.rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = matrix.data.subarray(row * COLUMNS);
    return 1.5 * a - b + 0.2 * (c - 20_005);
  });
const value = truth(x).map((v) => v + random());
const binary = truth(x).map((v) => Number(random() < 1 / (1 + Math.exp(-v))));
const label = truth(x).map((v) => (v + random() > 1 ? 2 : Number(v + random() > -0.5)));

const models: [string, LinearModel][] = [
  ['linear', trainLinear(x, value)],
  ['logistic', trainLogistic(x, binary)],
  ['softmax', trainSoftmax(x, label, 3)],
];

describe('ONNX Runtime answers what we answer, within 1e-5', () => {
  test.each(models)('%s', async (_, model) => {
    const bytes = toOnnx(model, { contributions: true });
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    const single = { ...fresh, data: fresh.data.map(Math.fround) };
    const answer = await session.run({
      x: new Tensor('float32', Float32Array.from(fresh.data), [fresh.rows, COLUMNS]),
    });
    await session.release();
    const theirs = answer['prediction']?.data;
    const drivers = answer['contributions'];
    if (!(theirs instanceof Float32Array && drivers?.data instanceof Float32Array)) throw new TypeError();
    const ours = predict(model, single);
    expect(theirs).toHaveLength(ours.length);
    expect(Math.max(...ours.map((p, i) => Math.abs(p - (theirs[i] ?? Number.NaN))))).toBeLessThan(1e-5);
    expect(drivers.dims).toEqual([fresh.rows, model.outputs, COLUMNS]);
    const { values } = contributions(model, single, model.outputs - 1);
    const last = drivers.data.subarray((model.outputs - 1) * COLUMNS, model.outputs * COLUMNS);
    last.forEach((part, column) => expect(part).toBeCloseTo(values[column] ?? Number.NaN, 2));
  });
});

test('finds what made the data, inside its intervals; a column that does not vary has no part', () => {
  const [a, b, c, constant] = intervals(trainLogistic(x, binary));
  expect(
    [a, b, c].map((i) => [1.5, -1, 0.2].findIndex((v) => v > (i?.low ?? 0) && v < (i?.high ?? 0))),
  ).toEqual([0, 1, 2]);
  expect(constant).toMatchObject({ value: 0, error: 0 });
});

test('robust intervals are wider where the noise grows with the column, and cover more often', () => {
  let [plain, robust] = [0, 0];
  for (let trial = 0; trial < 200; trial++) {
    const data = Float64Array.from({ length: 60 }, () => random() ** 3 * 10);
    const y = data.map((v) => v + v * (random() + random() - 1) * 3);
    const matrix = { rows: 60, columns: 1, data };
    for (const noise of ['equal', 'robust'] as const) {
      const [slope] = intervals(trainLinear(matrix, y, { noise }));
      const covers = Number(slope && slope.low < 1 && slope.high > 1);
      if (noise === 'equal') plain += covers;
      else robust += covers;
    }
  }
  expect(plain / 200).toBeLessThan(0.85);
  expect(robust / 200).toBeGreaterThan(0.88);
});

describe('separated classes', () => {
  const separated = truth(x).map((v) => Number(v > 0));
  test.each<[string, () => LinearModel]>([
    ['wholly, logistic', () => trainLogistic(x, separated)],
    [
      'wholly, softmax',
      () =>
        trainSoftmax(
          x,
          truth(x).map((v) => (v > 1 ? 2 : Number(v > -1))),
          3,
        ),
    ],
    [
      'in part: one value of a flag has a single outcome',
      () => {
        const data = Float64Array.from({ length: 200 }, (_, row) => Number(row < 40));
        return trainLogistic(
          { rows: 200, columns: 1, data },
          data.map((flag, row) => (flag === 1 ? 1 : row % 2)),
        );
      },
    ],
  ])('%s: are noticed, said, and get finite coefficients', (_, train) => {
    const model = train();
    expect(model.fit).toMatchObject({ separated: true, converged: true, ridge: 1 });
    expect(model.fit.says).toContain('separate');
    expect(Math.max(...model.theta.map(Math.abs))).toBeLessThan(20);
  });

  test('a strong relation with exceptions is not taken for one', () => {
    const mostly = separated.map((y, row) => (row % 50 === 0 ? 1 - y : y));
    expect(trainLogistic(x, mostly).fit.separated).toBe(false);
  });
});

describe('refuses', () => {
  const twice = { rows: 600, columns: 2, data: Float64Array.from({ length: 1200 }, (_, at) => at >> 1) };
  const gap = { ...x, data: x.data.with(5, Number.NaN) };
  test.each<[string, () => unknown]>([
    ['columns that depend on each other, linear', () => trainLinear(twice, value)],
    ['columns that depend on each other, logistic', () => trainLogistic(twice, binary)],
    ['columns that depend on each other, softmax', () => trainSoftmax(twice, label, 3)],
    ['a missing number in training', () => trainLogistic(gap, binary)],
    ['a missing number in prediction', () => predict(trainLogistic(x, binary), gap)],
    ['another number of columns', () => predict(trainLogistic(x, binary), twice)],
    ['a class without rows', () => trainSoftmax(x, label, 4)],
    ['an outcome that is not 0 or 1', () => trainLogistic(x, label)],
    ['a target that is not a number', () => trainLinear(x, value.with(0, Number.NaN))],
    [
      'fewer rows than coefficients',
      () => trainLinear(takeRows(x, Int32Array.of(0, 1, 2)), value.slice(0, 3)),
    ],
    ['no rows', () => trainLinear({ rows: 0, columns: 1, data: new Float64Array() }, new Float64Array())],
    ['weights below 0', () => trainLinear(x, value, {}, { weights: new Float64Array(600).fill(-1) })],
  ])('%s', (_, act) => {
    expect(act).toThrow(WellspringError);
  });

  test('but a ridge lets columns that depend on each other share the effect', () => {
    const { theta } = trainLinear(twice, value, { ridge: 1 });
    expect(theta[0]).toBeCloseTo(theta[1] ?? 0, 10);
  });
});

test('sparse rows: rows can be taken, and learning finds the column that matters', () => {
  const starts = Int32Array.from({ length: 301 }, (_, row) => 2 * row);
  const indices = Int32Array.from({ length: 600 }, (_, e) => (e % 2 === 0 ? (e / 2) % 3 : 3 + (e % 5)));
  const all = { rows: 300, columns: 8, starts, indices, values: new Float32Array(600).fill(1) };
  const y = Float64Array.from({ length: 300 }, (_, row) => row % 3);
  const even = Int32Array.from({ length: 150 }, (_, i) => 2 * i);
  const model = trainSoftmax(
    takeSparse(all, even),
    y.filter((_, row) => row % 2 === 0),
    3,
  );
  const odd = takeSparse(
    all,
    even.map((row) => row + 1),
  );
  expect(
    evaluate(
      model,
      odd,
      y.filter((_, row) => row % 2 === 1),
    ),
  ).toMatchObject({ accuracy: 1, macroF1: 1 });
});

test('works under cross-validation, and the same rows give the same model', () => {
  const trial = {
    learner: logisticRegression(),
    x,
    y: binary,
    take: takeRows,
    folds: stratifiedFolds(binary, 4, 1),
    metrics: {
      accuracy: (y: Float64Array, p: Float64Array) =>
        y.filter((v, i) => v === Math.round(p[i] ?? 0)).length / y.length,
    },
    seed: 1,
  };
  const { scores } = crossValidate(trial);
  expect(mean(scores['accuracy'] ?? [])).toBeGreaterThan(0.75);
  expect(trainSoftmax(x, label, 3)).toEqual(trainSoftmax(x, label, 3));
  expect(evaluate(trainLogistic(x, binary), x, binary)['auc']).toBeGreaterThan(0.8);
  expect(evaluate(trainLinear(x, value), x, value)['mae']).toBeLessThan(0.3);
});
