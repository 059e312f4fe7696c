/** Where a value lies within what its field usually holds. Every function gives undefined where it cannot know. */
import type { FieldSummary, Weighted } from './field-summary.ts';

/** Below this many values no estimate is trusted. */
export const ENOUGH = 100;

/** Makes the median absolute deviation of a normal distribution equal to its standard deviation: 1 / quantile(3/4). */
const NORMAL = 1.4826;

type Distribution = readonly Weighted[];

/** The value below which a share `p` of the counts lies. `distribution` ascending. */
export function quantile(distribution: Distribution, p: number): number | undefined {
  const total = distribution.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { value, count } of distribution) {
    below += count;
    if (below >= p * total) return value;
  }
  return undefined;
}

/** Centre and spread that a minority of wild values cannot move. */
export interface Robust {
  readonly median: number;
  /** Median distance from the median. */
  readonly mad: number;
  readonly lower: number;
  readonly upper: number;
}

function robustOf(distribution: Distribution): Robust | undefined {
  const median = quantile(distribution, 0.5);
  const lower = quantile(distribution, 0.25);
  const upper = quantile(distribution, 0.75);
  if (median === undefined || lower === undefined || upper === undefined) return undefined;
  const distances = distribution
    .map(({ value, count }) => ({ value: Math.abs(value - median), count }))
    .toSorted((a, b) => a.value - b.value);
  return { median, mad: quantile(distances, 0.5) ?? 0, lower, upper };
}

const remembered = new WeakMap<
  FieldSummary,
  { count: number; plain?: Robust | undefined; log?: Robust | undefined }
>();

/** Median, spread and quartiles of a field, on the logarithm of its positive values if `log`. */
export function robust(summary: FieldSummary, log: boolean): Robust | undefined {
  if (summary.count < ENOUGH) return undefined;
  let entry = remembered.get(summary);
  if (entry?.count !== summary.count) remembered.set(summary, (entry = { count: summary.count }));
  if (log) return (entry.log ??= logRobust(summary));
  return (entry.plain ??= robustOf(summary.distribution));
}

function logRobust(summary: FieldSummary): Robust | undefined {
  const positive = summary.distribution.filter(({ value }) => value > 0);
  if (positive.reduce((sum, { count }) => sum + count, 0) < ENOUGH) return undefined;
  return robustOf(positive.map(({ value, count }) => ({ value: Math.log(value), count })));
}

/** The usual range, both ends included. */
export interface Fences {
  readonly low: number;
  readonly high: number;
}

/**
 * Iglewicz and Hoaglin's modified z-score as a range: median +- limit x 1.4826 x MAD.
 * A field that hardly varies has no spread to measure by: undefined.
 */
export function robustFences(robustly: Robust, limit: number): Fences | undefined {
  const reach = limit * NORMAL * robustly.mad;
  return reach > 0 ? { low: robustly.median - reach, high: robustly.median + reach } : undefined;
}

/** Tukey's fences: the quartiles, moved outward by limit x interquartile range. */
export function quartileFences(robustly: Robust, limit: number): Fences | undefined {
  const reach = limit * (robustly.upper - robustly.lower);
  return reach > 0 ? { low: robustly.lower - reach, high: robustly.upper + reach } : undefined;
}

/** (value - mean) / standard deviation. */
export function zScore(value: number, summary: FieldSummary): number | undefined {
  if (summary.count < ENOUGH || summary.variance <= 0) return undefined;
  return (value - summary.mean) / Math.sqrt(summary.variance);
}

/** (value - min) / (max - min), cut to [0, 1]. */
export function minMax(value: number, summary: FieldSummary): number | undefined {
  if (summary.count < ENOUGH || summary.max <= summary.min) return undefined;
  return Math.min(1, Math.max(0, (value - summary.min) / (summary.max - summary.min)));
}
