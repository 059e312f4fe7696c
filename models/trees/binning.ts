/**
 * Numbers to small bins, once before training: a tree then searches at most 255 cuts per column, whatever the rows.
 *
 * Cut points lie between two values that were seen, by quantiles where there are more values than bins. All values are
 * rounded to 32 bits first, as the served model will see them, so a cut decides the same there as here.
 */
import type { Matrix } from '../selection/learner.ts';

/** Bins of values, beside bin 0, which holds the missing ones. */
export const MAX_BINS = 255;

/** Above this, cut points are found on evenly spread rows. */
const SAMPLE = 200_000;

export interface Binned {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. 0: missing; b: above cut b - 2 and at most cut b - 1. */
  readonly bins: Uint8Array;
  /** By column, ascending; a column with c cuts has c + 2 bins. */
  readonly cuts: readonly Float32Array[];
  /** Where a column's bins begin in a histogram; the last entry is the number of all bins. */
  readonly offsets: Int32Array;
}

/**
 * Cut points of one column.
 * @param values without order; NaN is passed over
 * @param bins 2 to 255
 */
export function cutPoints(values: Float32Array, bins: number): Float32Array {
  // Sorting puts NaN last.
  const all = values.slice().sort();
  const sorted = all.subarray(0, all.length - missing(values));
  const cuts: number[] = [];
  for (let i = 1; i < sorted.length && cuts.length < bins; i++) {
    const low = sorted[i - 1] ?? 0;
    const high = sorted[i] ?? 0;
    if (low !== high) cuts.push(between(low, high));
  }
  return Float32Array.from(cuts.length < bins ? cuts : quantiles(sorted, bins));
}

function missing(values: Float32Array): number {
  let count = 0;
  for (const value of values) if (Number.isNaN(value)) count++;
  return count;
}

function quantiles(sorted: Float32Array, bins: number): number[] {
  const cuts: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const upper = nextAbove(sorted, Math.floor((bin * sorted.length) / bins));
    if (upper === 0 || upper === sorted.length) continue;
    const cut = between(sorted[upper - 1] ?? 0, sorted[upper] ?? 0);
    if (cut !== cuts.at(-1)) cuts.push(cut);
  }
  return cuts;
}

/** First index at or after `at` whose value differs from the one before it; the length where there is none. */
function nextAbove(sorted: Float32Array, at: number): number {
  let i = at;
  while (i > 0 && i < sorted.length && sorted[i] === sorted[i - 1]) i++;
  return i;
}

/** A 32-bit number c with low <= c < high, near the middle. */
function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/** Number of cuts below the value. */
function cutsBelow(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Finds cut points on the matrix and bins it. */
export function binMatrix(x: Matrix, maxBins: number = MAX_BINS): Binned {
  const { rows, columns } = x;
  const step = Math.max(1, Math.ceil(rows / SAMPLE));
  const sample = new Float32Array(Math.ceil(rows / step));
  const cuts: Float32Array[] = [];
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < sample.length; i++) sample[i] = x.data[i * step * columns + column] ?? Number.NaN;
    cuts.push(cutPoints(sample, maxBins));
  }
  return binWith(x, cuts);
}

/** Bins a matrix with cut points found elsewhere. */
export function binWith(x: Matrix, cuts: readonly Float32Array[]): Binned {
  const { rows, columns } = x;
  const bins = new Uint8Array(rows * columns);
  const offsets = new Int32Array(columns + 1);
  cuts.forEach((ofColumn, column) => {
    offsets[column + 1] = (offsets[column] ?? 0) + ofColumn.length + 2;
    for (let at = column; at < bins.length; at += columns) {
      const value = Math.fround(x.data[at] ?? Number.NaN);
      bins[at] = Number.isNaN(value) ? 0 : cutsBelow(ofColumn, value) + 1;
    }
  });
  return { rows, columns, bins, cuts, offsets };
}
