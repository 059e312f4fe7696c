/** What every measure of predictions against outcomes asks for. */
import { WellspringError } from '../../domain/errors.ts';

/** @throws WellspringError `refused` without rows, with lists of two lengths, or with a value that is no finite number. */
export function checkPairs(y: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (y.length === 0 || y.length !== predicted.length) {
    throw new WellspringError(
      'refused',
      `${y.length} outcomes and ${predicted.length} predictions to compare`,
    );
  }
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]) || !Number.isFinite(predicted[i])) {
      throw new WellspringError(
        'refused',
        `row ${i} has an outcome or a prediction that is no finite number`,
      );
    }
  }
}

/** Places of `values`, the largest first. */
export function descending(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[b] ?? 0) - (values[a] ?? 0),
  );
}
