/** What training checks before it starts. */
import { WellspringError } from '../../domain/errors.ts';
import type { FitOptions, Matrix } from '../selection/learner.ts';
import type { Target } from './settings.ts';

export const outputsOf = (target: Target): number => (typeof target === 'object' ? target.classes : 1);

/**
 * One weight per row.
 * @throws WellspringError `refused` when lengths do not fit, there is no weight, or `y` holds what the target does not allow.
 */
export function checkedWeights(
  x: Matrix,
  y: Float64Array,
  target: Target,
  options: FitOptions,
): Float64Array {
  const weights = options.weights ?? new Float64Array(x.rows).fill(1);
  if (x.data.length !== x.rows * x.columns)
    throw new WellspringError('refused', 'the matrix has another size than it says');
  if (x.data.some((value) => Math.abs(Math.fround(value)) === Number.POSITIVE_INFINITY)) {
    throw new WellspringError('refused', 'the matrix holds a number too large for 32 bits');
  }
  if (y.length !== x.rows || weights.length !== x.rows) {
    throw new WellspringError('refused', `${x.rows} rows need as many targets and weights`);
  }
  if (!y.every((value) => allowed(value, target))) {
    throw new WellspringError('refused', 'a target is not a number of the stated kind');
  }
  if (
    !weights.every((weight) => weight >= 0 && Number.isFinite(weight)) ||
    !weights.some((weight) => weight > 0)
  ) {
    throw new WellspringError('refused', 'weights must be numbers of 0 or more, not all 0');
  }
  return weights;
}

function allowed(value: number, target: Target): boolean {
  if (target === 'number') return Number.isFinite(value);
  return Number.isInteger(value) && value >= 0 && value < (target === 'binary' ? 2 : target.classes);
}

/** Weighted mean of the target, by output: shares of classes, or one mean. */
export function means(y: Float64Array, weights: Float64Array, target: Target): Float64Array {
  const mean = new Float64Array(outputsOf(target));
  let total = 0;
  for (let row = 0; row < y.length; row++) {
    const weight = weights[row] ?? 0;
    total += weight;
    const value = y[row] ?? 0;
    if (typeof target === 'object') mean[value] = (mean[value] ?? 0) + weight;
    else mean[0] = (mean[0] ?? 0) + weight * value;
  }
  return mean.map((sum) => sum / total);
}
