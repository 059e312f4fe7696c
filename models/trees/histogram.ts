/**
 * Sums of gradients per bin. A histogram holds, for each bin of each column, `width` gradient sums and one sum of
 * hessians: entry (offset of the column + bin) * (width + 1).
 */
import type { Binned } from './binning.ts';

/** First and second derivatives of the loss by the score; for plain trees -weight * target and weight. */
export interface Gradients {
  /** Scores per row: 1, or the number of classes where one tree predicts all of them. */
  readonly width: number;
  /** rows x width, row-major. */
  readonly gradient: Float64Array;
  /** One per row, shared by the scores. */
  readonly hessian: Float64Array;
}

/** Rows `order[from]` to `order[to - 1]`. */
export interface Span {
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
}

export const histogramSize = (binned: Binned, width: number): number =>
  (binned.offsets[binned.columns] ?? 0) * (width + 1);

/** Overwrites the listed columns of `into` with the sums over the rows. */
export function fillHistogram(
  into: Float64Array,
  binned: Binned,
  columns: Int32Array,
  span: Span,
  gradients: Gradients,
): void {
  const stride = gradients.width + 1;
  for (const column of columns) {
    into.fill(0, (binned.offsets[column] ?? 0) * stride, (binned.offsets[column + 1] ?? 0) * stride);
  }
  if (gradients.width === 1) addSingle(into, binned, columns, span, gradients);
  else addWide(into, binned, columns, span, gradients);
}

// The hot loop of training: one read of a bin and two additions per row and column.
function addSingle(
  into: Float64Array,
  { bins, offsets, columns: all }: Binned,
  columns: Int32Array,
  { order, from, to }: Span,
  { gradient, hessian }: Gradients,
): void {
  const count = columns.length;
  const starts = Int32Array.from(columns, (column) => offsets[column] ?? 0);
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    const base = row * all;
    const g = gradient[row] ?? 0;
    const h = hessian[row] ?? 0;
    for (let j = 0; j < count; j++) {
      const at = ((starts[j] ?? 0) + (bins[base + (columns[j] ?? 0)] ?? 0)) << 1;
      into[at] = (into[at] ?? 0) + g;
      into[at + 1] = (into[at + 1] ?? 0) + h;
    }
  }
}

function addWide(
  into: Float64Array,
  { bins, offsets, columns: all }: Binned,
  columns: Int32Array,
  { order, from, to }: Span,
  { gradient, hessian, width }: Gradients,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    for (const column of columns) {
      const at = ((offsets[column] ?? 0) + (bins[row * all + column] ?? 0)) * (width + 1);
      for (let k = 0; k < width; k++) into[at + k] = (into[at + k] ?? 0) + (gradient[row * width + k] ?? 0);
      into[at + width] = (into[at + width] ?? 0) + (hessian[row] ?? 0);
    }
  }
}

/** `from` becomes the histogram of the rows that are in it and not in `part`. */
export function subtract(from: Float64Array, part: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (part[i] ?? 0);
}

/** Gradient sums and the hessian sum of the rows: `width + 1` numbers. */
export function sums({ order, from, to }: Span, { gradient, hessian, width }: Gradients): Float64Array {
  const total = new Float64Array(width + 1);
  for (let i = from; i < to; i++) {
    const row = order[i] ?? 0;
    for (let k = 0; k < width; k++) total[k] = (total[k] ?? 0) + (gradient[row * width + k] ?? 0);
    total[width] = (total[width] ?? 0) + (hessian[row] ?? 0);
  }
  return total;
}
