/** Which columns a model leans on: what its score loses when a column is shuffled (Breiman 2001). */
import { seededRandom } from '../../domain/random.ts';
import { type Metric, mean, standardError } from './cross-validate.ts';
import { shuffle } from './folds.ts';
import type { Fitted, Matrix } from './learner.ts';

export interface ImportanceTask {
  readonly fitted: Fitted;
  /** Rows that the model had not seen, or it shows what was learned by heart. */
  readonly x: Matrix;
  readonly y: Float64Array;
  /** Larger is better. */
  readonly metric: Metric;
  /** Columns shuffled together, by name, as the columns of one category. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  /** @default 10 */
  readonly repeats?: number;
  readonly seed: number;
}

export interface Importance {
  readonly name: string;
  /** Mean loss of the metric over the shuffles; 0 or less: not needed. */
  readonly loss: number;
  /** 95 % interval of that mean. It speaks of the shuffles, not of other rows or another training. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Largest loss first. */
export function permutationImportance(task: ImportanceTask): Importance[] {
  const { fitted, x, y, metric, groups, repeats = 10, seed } = task;
  const whole = metric(y, fitted.predict(x));
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: x.rows }, (_, row) => row);
  const importances = Object.entries(groups).map(([name, columns]) => {
    const losses = Array.from({ length: repeats }, () => {
      shuffle(order, random);
      return whole - metric(y, fitted.predict(withShuffled(x, columns, order)));
    });
    const half = (T95[repeats - 2] ?? 1.96) * standardError(losses);
    return { name, loss: mean(losses), low: mean(losses) - half, high: mean(losses) + half };
  });
  return importances.sort((a, b) => b.loss - a.loss);
}

function withShuffled(x: Matrix, columns: readonly number[], order: Int32Array): Matrix {
  const data = x.data.slice();
  for (let row = 0; row < x.rows; row++) {
    const from = (order[row] ?? 0) * x.columns;
    for (const column of columns) data[row * x.columns + column] = x.data[from + column] ?? Number.NaN;
  }
  return { ...x, data };
}
