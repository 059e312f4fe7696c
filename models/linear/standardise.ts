/** Dense columns to mean 0 and standard deviation 1 for training, and coefficients back to the original units. */
import type { Matrix } from '../selection/learner.ts';
import { columnMeans } from './rows.ts';

export interface Standardised {
  readonly z: Matrix;
  readonly means: Float64Array;
  /** 0 for a column that does not vary; its z is 0. */
  readonly deviations: Float64Array;
}

/** Rounding leaves a constant column a deviation of about this share of its size. */
const ROUNDING = 1e-12;

export function standardise(x: Matrix, weights: Float64Array): Standardised {
  const { rows, columns } = x;
  const means = columnMeans(x, weights);
  const squares = new Float64Array(columns);
  for (let at = 0; at < x.data.length; at++) {
    const column = at % columns;
    const away = (x.data[at] ?? 0) - (means[column] ?? 0);
    squares[column] = (squares[column] ?? 0) + (weights[(at - column) / columns] ?? 0) * away * away;
  }
  const total = weights.reduce((a, b) => a + b, 0);
  const deviations = squares.map((sum, column) => {
    const deviation = Math.sqrt(sum / total);
    return deviation > ROUNDING * Math.abs(means[column] ?? 0) ? deviation : 0;
  });
  const data = x.data.map((value, at) => {
    const deviation = deviations[at % columns] ?? 0;
    return deviation > 0 ? (value - (means[at % columns] ?? 0)) / deviation : 0;
  });
  return { z: { rows, columns, data }, means, deviations };
}

/**
 * Row `a` of the matrix that turns coefficients of z (intercept last) into those of x: what coefficient `a` of x takes
 * of each coefficient of z.
 */
export function backward({ means, deviations }: Omit<Standardised, 'z'>, a: number): Float64Array {
  const row = new Float64Array(means.length + 1);
  if (a < means.length) {
    const deviation = deviations[a] ?? 0;
    row[a] = deviation > 0 ? 1 / deviation : 0;
    return row;
  }
  for (let column = 0; column < means.length; column++) {
    const deviation = deviations[column] ?? 0;
    row[column] = deviation > 0 ? -(means[column] ?? 0) / deviation : 0;
  }
  row[means.length] = 1;
  return row;
}
