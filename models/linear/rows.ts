/** Rows of features, dense or sparse, and the two products that training needs of them. */
import { WellspringError } from '../../domain/errors.ts';
import type { Matrix } from '../selection/learner.ts';

/** Compressed sparse rows: entry `e` of row `r` lies at `starts[r] <= e < starts[r + 1]`. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** rows + 1, rising. */
  readonly starts: Int32Array;
  /** Column of each entry. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

export type Rows = Matrix | SparseMatrix;

/** @throws WellspringError `refused` when sizes do not fit or a value is not finite: fill gaps before. */
export function checkRows(x: Rows): void {
  const values = 'data' in x ? x.data : x.values;
  const fits =
    'data' in x
      ? x.data.length === x.rows * x.columns
      : x.starts.length === x.rows + 1 &&
        x.starts.at(-1) === x.values.length &&
        x.indices.length === x.values.length &&
        x.indices.every((column) => column >= 0 && column < x.columns);
  if (!fits) throw new WellspringError('refused', 'the matrix has another size than it says');
  if (!values.every(Number.isFinite)) {
    throw new WellspringError('refused', 'a linear model needs finite numbers; fill missing values first');
  }
}

/**
 * x * theta.
 * @param theta columns x outputs, row-major
 * @returns rows x outputs
 */
export function multiply(x: Rows, theta: Float64Array, outputs: number): Float64Array {
  const out = new Float64Array(x.rows * outputs);
  for (let row = 0; row < x.rows; row++) {
    const { from, to } = entries(x, row);
    for (let e = from; e < to; e++) {
      const value = ('data' in x ? x.data[e] : x.values[e]) ?? 0;
      const at = ('data' in x ? e - from : (x.indices[e] ?? 0)) * outputs;
      for (let o = 0, i = row * outputs; o < outputs; o++, i++) {
        out[i] = (out[i] ?? 0) + value * (theta[at + o] ?? 0);
      }
    }
  }
  return out;
}

/**
 * The transpose of x, times `right`.
 * @param right rows x outputs, row-major
 * @returns columns x outputs
 */
export function multiplyTransposed(x: Rows, right: Float64Array, outputs: number): Float64Array {
  const out = new Float64Array(x.columns * outputs);
  for (let row = 0; row < x.rows; row++) {
    const { from, to } = entries(x, row);
    for (let e = from; e < to; e++) {
      const value = ('data' in x ? x.data[e] : x.values[e]) ?? 0;
      const at = ('data' in x ? e - from : (x.indices[e] ?? 0)) * outputs;
      for (let o = 0, i = row * outputs; o < outputs; o++, i++) {
        out[at + o] = (out[at + o] ?? 0) + value * (right[i] ?? 0);
      }
    }
  }
  return out;
}

const entries = (x: Rows, row: number): { from: number; to: number } =>
  'data' in x
    ? { from: row * x.columns, to: (row + 1) * x.columns }
    : { from: x.starts[row] ?? 0, to: x.starts[row + 1] ?? 0 };

/** Weighted mean of each column. */
export function columnMeans(x: Rows, weights: Float64Array): Float64Array {
  const total = weights.reduce((a, b) => a + b, 0);
  return multiplyTransposed(x, weights, 1).map((sum) => sum / total);
}

/** The given rows, in the given order. */
export function takeSparse(x: SparseMatrix, rows: Int32Array): SparseMatrix {
  const starts = new Int32Array(rows.length + 1);
  for (const [at, row] of rows.entries()) {
    starts[at + 1] = (starts[at] ?? 0) + (x.starts[row + 1] ?? 0) - (x.starts[row] ?? 0);
  }
  const indices = new Int32Array(starts.at(-1) ?? 0);
  const values = new Float32Array(indices.length);
  for (const [at, row] of rows.entries()) {
    const [from, to] = [x.starts[row] ?? 0, x.starts[row + 1] ?? 0];
    indices.set(x.indices.subarray(from, to), starts[at] ?? 0);
    values.set(x.values.subarray(from, to), starts[at] ?? 0);
  }
  return { rows: rows.length, columns: x.columns, starts, indices, values };
}
