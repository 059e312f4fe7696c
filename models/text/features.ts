/** Texts as sparse rows over buckets. */
import type { SparseMatrix } from '../linear/rows.ts';
import { bucketOf, type FeaturePlan, termsOf } from './terms.ts';

/** One text: its buckets, rising, and their weights. */
export interface Described {
  readonly buckets: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Weights are 1 + ln(count), scaled so that their squares sum to 1: a long text says no more than a short one. Nothing of
 * this is learned, so the same text gives the same numbers in training and in serving. A text without terms is empty.
 */
export function describe(text: string, plan: FeaturePlan): Described {
  const counts = new Map<number, number>();
  for (const [term, count] of termsOf(text, plan)) {
    const bucket = bucketOf(term, plan.buckets);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  const buckets = Int32Array.from(counts.keys()).sort();
  const weights = Float32Array.from(buckets, (bucket) => 1 + Math.log(counts.get(bucket) ?? 1));
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  return { buckets, weights: weights.map((weight) => weight / length) };
}

/** Rows over all buckets. */
export function matrixOf(texts: readonly string[], plan: FeaturePlan): SparseMatrix {
  const rows = texts.map((text) => describe(text, plan));
  const starts = new Int32Array(rows.length + 1);
  for (const [row, { buckets }] of rows.entries()) starts[row + 1] = (starts[row] ?? 0) + buckets.length;
  const indices = new Int32Array(starts.at(-1) ?? 0);
  const values = new Float32Array(indices.length);
  for (const [row, { buckets, weights }] of rows.entries()) {
    indices.set(buckets, starts[row] ?? 0);
    values.set(weights, starts[row] ?? 0);
  }
  return { rows: rows.length, columns: plan.buckets, starts, indices, values };
}
