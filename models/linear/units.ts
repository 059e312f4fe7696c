/** Parameters of standardised columns, and what they are in the units of the rows. */
import type { Matrix as Dense } from 'ml-matrix';
import type { Matrix } from '../selection/learner.ts';
import type { LinearModel } from './model.ts';
import { backward, type Standardised } from './standardise.ts';

/** The given columns, in the given order. */
export function picked(z: Matrix, columns: readonly number[]): Matrix {
  const data = new Float64Array(z.rows * columns.length);
  for (let row = 0; row < z.rows; row++) {
    columns.forEach((column, at) => {
      data[row * columns.length + at] = z.data[row * z.columns + column] ?? 0;
    });
  }
  return { rows: z.rows, columns: columns.length, data };
}

/** Parameters of standardised columns in the units of all columns. */
export function inUnits(
  standard: Standardised,
  varying: readonly number[],
  outputs: number,
  { at, covariance }: { readonly at: Float64Array; readonly covariance: Dense | undefined },
): Pick<LinearModel, 'theta' | 'intercepts' | 'uncertainty'> {
  const columns = standard.means.length;
  const taken = [...varying, columns];
  const parameters = new Float64Array((columns + 1) * outputs);
  const errors = new Float64Array(parameters.length);
  for (let a = 0; a <= columns; a++) {
    const whole = backward(standard, a);
    const parts = taken.flatMap((column, i) => {
      const share = whole[column] ?? 0;
      return share === 0 ? [] : [{ i, share }];
    });
    for (let o = 0; o < outputs; o++) {
      const own = parts.map(({ i, share }) => ({ i: i * outputs + o, share }));
      parameters[a * outputs + o] = own.reduce((sum, { i, share }) => sum + share * (at[i] ?? 0), 0);
      if (covariance) errors[a * outputs + o] = deviationOf(own, covariance);
    }
  }
  return {
    theta: parameters.slice(0, columns * outputs),
    intercepts: centredIntercepts(parameters.slice(columns * outputs)),
    ...(covariance && { uncertainty: { errors, degreesOfFreedom: Number.POSITIVE_INFINITY } }),
  };
}

/** Standard deviation of a sum of shares of parameters. */
function deviationOf(parts: readonly { i: number; share: number }[], covariance: Dense): number {
  let variance = 0;
  for (const one of parts) {
    for (const two of parts) variance += one.share * two.share * covariance.get(one.i, two.i);
  }
  return Math.sqrt(Math.max(0, variance));
}

/** Softmax does not change when all intercepts do; rounding may have moved them together. */
export function centredIntercepts(intercepts: Float64Array): Float64Array {
  if (intercepts.length === 1) return intercepts;
  const mean = intercepts.reduce((a, b) => a + b, 0) / intercepts.length;
  return intercepts.map((value) => value - mean);
}
