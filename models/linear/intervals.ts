/** Confidence intervals of coefficients. */
import { WellspringError } from '../../domain/errors.ts';
import type { LinearModel } from './model.ts';
import { studentQuantile } from './student.ts';

export interface CoefficientInterval {
  /** Column; undefined is the intercept. */
  readonly column: number | undefined;
  readonly output: number;
  readonly value: number;
  readonly error: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wald intervals: value -+ quantile * standard error, Student's for linear regression and normal otherwise. With a ridge
 * they are those of a normal prior around 0. Softmax coefficients are relative to the mean over classes.
 * @throws WellspringError `refused` for a model without standard errors.
 */
export function intervals(model: LinearModel, level = 0.95): CoefficientInterval[] {
  const { uncertainty, outputs, columns } = model;
  if (!uncertainty) throw new WellspringError('refused', 'the model was trained without standard errors');
  const reach = studentQuantile((1 + level) / 2, uncertainty.degreesOfFreedom);
  return Array.from(uncertainty.errors, (error, at) => {
    const output = at % outputs;
    const column = (at - output) / outputs;
    const value = (column < columns ? model.theta[at] : model.intercepts[output]) ?? 0;
    return {
      column: column < columns ? column : undefined,
      output,
      value,
      error,
      low: value - reach * error,
      high: value + reach * error,
    };
  });
}
