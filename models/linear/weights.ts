/** What training checks before it starts. */
import { WellspringError } from '../../domain/errors.ts';

/**
 * One weight per row.
 * @param classes absent: any finite target; otherwise targets are 0 .. classes - 1, each at least once
 * @throws WellspringError `refused` when lengths do not fit, all weights are 0, or a target is not allowed.
 */
export function checkedWeights(
  rows: number,
  y: Float64Array,
  weights: Float64Array = new Float64Array(rows).fill(1),
  classes?: number,
): Float64Array {
  if (rows === 0 || y.length !== rows || weights.length !== rows) {
    throw new WellspringError('refused', `${rows} rows need as many targets and weights`);
  }
  if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
    throw new WellspringError('refused', 'weights must be numbers of 0 or more');
  }
  const known = new Set(y.filter((_, row) => (weights[row] ?? 0) > 0));
  if (known.size === 0) throw new WellspringError('refused', 'all weights are 0');
  if (classes === undefined ? !y.every(Number.isFinite) : !y.every((c) => isClass(c, classes))) {
    throw new WellspringError('refused', 'a target is not a number of the stated kind');
  }
  if (classes !== undefined && known.size < classes) {
    throw new WellspringError('refused', `only ${known.size} of ${classes} classes have rows`);
  }
  return weights;
}

const isClass = (value: number, classes: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < classes;
