import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import { type Calibrator, calibrate } from '../selection/calibrate.ts';
import type { Matrix } from '../selection/learner.ts';
import { trainBoosting } from './boosting.ts';
import { trainForest, trainTree } from './forest.ts';
import type { TreeModel } from './model.ts';
import { type OnnxOptions, toOnnx } from './onnx.ts';
import { predict, predictScores } from './predict.ts';

const random = seededRandom(7);
/** A third column is missing in places, and a fourth takes few values. */
function rows(n: number): Matrix {
  const data = Float64Array.from({ length: n * 4 }, (_, i) => {
    if (i % 4 === 2 && random() < 0.3) return Number.NaN;
    return i % 4 === 3 ? Math.floor(random() * 3) : random() * 10 - 5;
  });
  return { rows: n, columns: 4, data };
}
const x = rows(800);
const fresh = rows(400);
const at = (row: number, column: number): number => x.data[row * 4 + column] ?? 0;
const value = Float64Array.from(
  { length: x.rows },
  (_, row) => at(row, 0) * at(row, 3) + at(row, 1) + random(),
);
const binary = value.map((v, row) => Number(v > 0 || Number.isNaN(at(row, 2))));
const classes = value.map((v) => (v < -2 ? 0 : Number(v > 2) + 1));
const boosted = { rounds: 30, maxDepth: 4 };

async function run(
  model: TreeModel,
  matrix: Matrix,
  options: OnnxOptions = {},
): Promise<{ prediction: Float32Array; score: Float32Array }> {
  const session = await InferenceSession.create(toOnnx(model, options), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const input = new Tensor('float32', Float32Array.from(matrix.data), [matrix.rows, matrix.columns]);
  const { prediction, score } = await session.run({ x: input });
  await session.release();
  if (!(prediction?.data instanceof Float32Array && score?.data instanceof Float32Array))
    throw new TypeError();
  return { prediction: prediction.data, score: score.data };
}

const worst = (ours: Float64Array, theirs: Float32Array): number => {
  expect(theirs).toHaveLength(ours.length);
  return ours.reduce((max, mine, i) => Math.max(max, Math.abs(mine - (theirs[i] ?? Number.NaN))), 0);
};

describe('ONNX Runtime predicts what we predict, within 1e-5', () => {
  const models: [string, TreeModel][] = [
    ['boosting, binary', trainBoosting(x, binary, boosted, { seed: 1 })],
    ['boosting, classes', trainBoosting(x, classes, { ...boosted, target: { classes: 3 } }, { seed: 1 })],
    ['boosting, number', trainBoosting(x, value, { ...boosted, target: 'number' }, { seed: 1 })],
    ['forest, binary', trainForest(x, binary, { trees: 20 }, { seed: 1 })],
    ['forest, classes', trainForest(x, classes, { trees: 20, target: { classes: 3 } }, { seed: 1 })],
    ['tree, number', trainTree(x, value, { target: 'number' }, { seed: 1 })],
    ['tree without a cut', trainTree(x, binary, { maxDepth: 0 }, { seed: 1 })],
  ];
  test.each(models)('%s', async (_, model) => {
    for (const matrix of [x, fresh]) {
      const { prediction, score } = await run(model, matrix);
      expect(worst(predict(model, matrix), prediction)).toBeLessThanOrEqual(1e-5);
      expect(worst(predictScores(model, matrix), score)).toBeLessThanOrEqual(1e-5);
    }
  });

  test('calibrated, also where it is surer than calibration allows', async () => {
    const sure = { ...boosted, l2: 0, learningRate: 0.9, minChildWeight: 0 };
    for (const settings of [boosted, sure]) {
      const model = trainBoosting(x, binary, settings, { seed: 1 });
      const calibrator = { method: 'platt', slope: 0.4, intercept: -0.7 } as const;
      const { prediction } = await run(model, fresh, { calibrator });
      expect(worst(calibrate(calibrator, predict(model, fresh)), prediction)).toBeLessThanOrEqual(1e-5);
    }
  });

  test('and refuses a calibration that it could not repeat', () => {
    const model = trainBoosting(x, binary, boosted, { seed: 1 });
    const isotonic: Calibrator = { method: 'isotonic', from: [0, 1], to: [0, 1] };
    expect(() => toOnnx(model, { calibrator: isotonic })).toThrow(WellspringError);
    const forest = trainForest(x, binary, { trees: 1 }, { seed: 1 });
    const platt: Calibrator = { method: 'platt', slope: 1, intercept: 0 };
    expect(() => toOnnx(forest, { calibrator: platt })).toThrow(WellspringError);
  });

  test('on values that lie exactly on a cut', async () => {
    const model = trainBoosting(x, binary, boosted, { seed: 1 });
    const cuts = model.trees.flatMap((tree) => [...tree.threshold]);
    const data = Float64Array.from({ length: 4 * cuts.length }, (_, i) => cuts[Math.floor(i / 4)] ?? 0);
    const matrix = { rows: cuts.length, columns: 4, data };
    const { prediction } = await run(model, matrix);
    expect(worst(predict(model, matrix), prediction)).toBeLessThanOrEqual(1e-5);
  });
});
