/** What the selection code asks of a model family, so that trees and linear models are compared by the same code. */

/** Row-major; NaN stands for missing. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export interface FitOptions {
  /** Equal seeds give equal models. */
  readonly seed: number;
  /** One weight >= 0 per row; absent: all 1. */
  readonly weights?: Float64Array;
}

/**
 * A way to train. `y` holds one number per row: 0 or 1 for a binary target, 0..k-1 for classes, any finite number for
 * regression. `X` is a matrix, or a table of raw columns where an encoder is part of what is fitted.
 */
export interface Learner<X = Matrix> {
  readonly name: string;
  fit(x: X, y: Float64Array, options: FitOptions): Fitted<X>;
}

/** A trained model. */
export interface Fitted<X = Matrix> {
  /**
   * One number per row: the probability of class 1 for a binary target, the value for regression. For k > 2 classes
   * rows x k probabilities, row-major.
   */
  predict(x: X): Float64Array;
}

/** The given rows, in the given order; a row may come more than once. */
export function takeRows(x: Matrix, rows: Int32Array): Matrix {
  const { columns } = x;
  const data = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * columns;
    data.set(x.data.subarray(from, from + columns), i * columns);
  }
  return { rows: rows.length, columns, data };
}

/** The given entries, in the given order. */
export const takeValues = (values: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
