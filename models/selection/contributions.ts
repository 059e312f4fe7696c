/** What each column contributed to the score of a linear model. Trees have their own, in `models/trees`. */
import type { Matrix } from './learner.ts';

export interface LinearContributions {
  /** The score of a row that is average in every column. */
  readonly base: number;
  /** rows x columns; for every row base + sum = score, before any link. */
  readonly values: Float64Array;
}

/**
 * theta * (x - mean): the Shapley values of a linear score when columns are taken as independent.
 * @param theta one coefficient per column
 * @param means of the columns over the training rows
 */
export function linearContributions(
  theta: Float64Array,
  intercept: number,
  means: Float64Array,
  x: Matrix,
): LinearContributions {
  const base = theta.reduce(
    (sum, coefficient, column) => sum + coefficient * (means[column] ?? 0),
    intercept,
  );
  const values = x.data.map((value, at) => {
    const column = at % x.columns;
    return (theta[column] ?? 0) * (value - (means[column] ?? 0));
  });
  return { base, values };
}
