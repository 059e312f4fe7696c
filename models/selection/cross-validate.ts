/** Trains and tests a learner on every fold. */
import type { Fold } from './folds.ts';
import { type Learner, takeValues } from './learner.ts';

/** Whether larger is better, whoever compares must know. */
export type Metric = (y: Float64Array, predicted: Float64Array) => number;

export interface Trial<X> {
  readonly learner: Learner<X>;
  readonly x: X;
  /** For targets with one prediction per row. */
  readonly y: Float64Array;
  /** The given rows of `x`. */
  readonly take: (x: X, rows: Int32Array) => X;
  readonly folds: readonly Fold[];
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Fold i is trained with seed + i. */
  readonly seed: number;
}

export interface Validated {
  readonly name: string;
  /** By metric, one number per fold. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
  /** Prediction of each row by a model that had not seen it; NaN for rows that no fold tests. */
  readonly predicted: Float64Array;
}

export function crossValidate<X>({ learner, x, y, take, folds, metrics, seed }: Trial<X>): Validated {
  const predicted = new Float64Array(y.length).fill(Number.NaN);
  for (const [i, { train, test }] of folds.entries()) {
    const fitted = learner.fit(take(x, train), takeValues(y, train), { seed: seed + i });
    const answers = fitted.predict(take(x, test));
    test.forEach((row, at) => (predicted[row] = answers[at] ?? Number.NaN));
  }
  const scoresOf = (metric: Metric): number[] =>
    folds.map(({ test }) => metric(takeValues(y, test), takeValues(predicted, test)));
  const entries = Object.entries(metrics).map(([name, metric]) => [name, scoresOf(metric)]);
  return { name: learner.name, scores: Object.fromEntries(entries), predicted };
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Standard error of the mean over folds; 0 for a single one. */
export function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
