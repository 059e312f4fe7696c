/**
 * Measures of predictions for an outcome that is 0 or 1. All throw WellspringError `refused` for lists that are empty,
 * of two lengths, or hold anything that is no finite number.
 */
import { WellspringError } from '../../domain/errors.ts';
import { checkPairs, descending } from './pairs.ts';

const LEAST = 1e-15;

/** Ones and zeros among `y`, checked. */
function outcomes(y: ArrayLike<number>, predicted: ArrayLike<number>): { ones: number; zeros: number } {
  checkPairs(y, predicted);
  let ones = 0;
  for (let i = 0; i < y.length; i++) {
    if (y[i] === 1) ones++;
    else if (y[i] !== 0)
      throw new WellspringError('refused', `outcome ${y[i]} in row ${i} is neither 0 nor 1`);
  }
  return { ones, zeros: y.length - ones };
}

/** Calls `each` for every group of equal predictions, the largest first, with its ones and rows. */
function eachLevel(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  each: (ones: number, rows: number) => void,
): void {
  const order = descending(predicted);
  for (let at = 0; at < order.length; ) {
    const level = predicted[order[at] ?? 0];
    const from = at;
    let ones = 0;
    for (; at < order.length && predicted[order[at] ?? 0] === level; at++) ones += y[order[at] ?? 0] ?? 0;
    each(ones, at - from);
  }
}

/**
 * Area under the ROC curve: the chance that a one is ranked above a zero, equal predictions counting half.
 * @throws WellspringError `refused` unless there are both ones and zeros.
 */
export function rocAuc(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const { ones, zeros } = outcomes(y, predicted);
  if (ones === 0 || zeros === 0) throw new WellspringError('refused', 'AUC needs ones and zeros');
  let onesAbove = 0;
  let won = 0;
  eachLevel(y, predicted, (levelOnes, rows) => {
    won += (rows - levelOnes) * (onesAbove + levelOnes / 2);
    onesAbove += levelOnes;
  });
  return won / (ones * zeros);
}

/**
 * Sum over levels of precision times the recall that the level adds; equal predictions are one level.
 * @throws WellspringError `refused` without ones.
 */
export function averagePrecision(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const { ones } = outcomes(y, predicted);
  if (ones === 0) throw new WellspringError('refused', 'average precision needs ones');
  let [found, seen, sum] = [0, 0, 0];
  eachLevel(y, predicted, (levelOnes, rows) => {
    found += levelOnes;
    seen += rows;
    sum += (levelOnes / ones) * (found / seen);
  });
  return sum;
}

/** Mean of -log(chance given to what happened), natural log; chances are kept 1e-15 away from 0 and 1. */
export function logLoss(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  outcomes(y, predicted);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const chance = y[i] === 1 ? (predicted[i] ?? 0) : 1 - (predicted[i] ?? 0);
    sum -= Math.log(Math.min(1 - LEAST, Math.max(LEAST, chance)));
  }
  return sum / y.length;
}

/** Mean of (prediction - outcome)^2 (Brier, 1950). */
export function brier(y: ArrayLike<number>, predicted: ArrayLike<number>): number {
  outcomes(y, predicted);
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += ((predicted[i] ?? 0) - (y[i] ?? 0)) ** 2;
  return sum / y.length;
}

/**
 * Expected calibration error: rows are ordered by prediction and cut into bins of equal size; the mean over rows of the
 * distance between their bin's mean prediction and share of ones. Equal predictions may fall into two bins, and then share
 * their outcomes evenly, so the order of rows does not matter.
 */
export function calibrationError(y: ArrayLike<number>, predicted: ArrayLike<number>, bins = 10): number {
  outcomes(y, predicted);
  const order = descending(predicted);
  const size = order.length / bins;
  const gaps = new Float64Array(bins);
  let at = 0;
  eachLevel(y, predicted, (ones, rows) => {
    const gap = (predicted[order[at] ?? 0] ?? 0) - ones / rows;
    const end = at + rows;
    for (let bin = Math.floor(at / size); bin < bins && bin * size < end; bin++) {
      const shared = Math.min(end, (bin + 1) * size) - Math.max(at, bin * size);
      if (shared > 0) gaps[bin] = (gaps[bin] ?? 0) + gap * shared;
    }
    at = end;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / order.length;
}
