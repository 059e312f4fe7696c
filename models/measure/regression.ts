/** Measures of predicted amounts. All throw WellspringError `refused` for lists that are empty, unequal or not finite. */
import { checkPairs } from './pairs.ts';

const mean = (y: ArrayLike<number>, of: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += of(i);
  return sum / y.length;
};

/** Mean absolute error, in the units of `y`. */
export function meanAbsoluteError(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkPairs(y, predicted);
  return mean(y, (i) => Math.abs((predicted[i] ?? 0) - (y[i] ?? 0)));
}

/** Root of the mean squared error, in the units of `y`. */
export function rootMeanSquaredError(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkPairs(y, predicted);
  return Math.sqrt(mean(y, (i) => ((predicted[i] ?? 0) - (y[i] ?? 0)) ** 2));
}

/** Share of the variance of `y` that is explained; 0 for its mean, below 0 for worse. For a constant `y`: 1 if met exactly, else 0. */
export function rSquared(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkPairs(y, predicted);
  const middle = mean(y, (i) => y[i] ?? 0);
  const variance = mean(y, (i) => ((y[i] ?? 0) - middle) ** 2);
  const error = mean(y, (i) => ((predicted[i] ?? 0) - (y[i] ?? 0)) ** 2);
  if (variance === 0) return error === 0 ? 1 : 0;
  return 1 - error / variance;
}
