/**
 * What one field of one kind of event usually holds, from one pass, mergeable in any order.
 * Moments by Welford's update and Chan, Golub and LeVeque's merge; quantiles from a histogram whose buckets
 * grow by 2 %, so that a quantile is off by at most 1 % of its value; frequent texts by Misra and Gries' counters.
 */
import * as z from 'zod/mini';

const GROWTH = Math.log(1.02);
/** Smaller magnitudes count as zero, larger ones as the largest: at most 2,443 buckets a side. */
const SMALLEST = 1e-9;
const LARGEST = 1e12;
const TEXTS = 64;
const TEXT_LENGTH = 64;

const lowest = Math.floor(Math.log(SMALLEST) / GROWTH);

/** Bucket of a value: 0 for zero, positive for positive values, in the order of the values. */
function bucketOf(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST) return 0;
  const index = Math.floor(Math.log(Math.min(magnitude, LARGEST)) / GROWTH) - lowest + 1;
  return value < 0 ? -index : index;
}

/** The middle of a bucket, on the logarithm. */
function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const magnitude = Math.exp((Math.abs(bucket) - 1 + lowest + 0.5) * GROWTH);
  return bucket < 0 ? -magnitude : magnitude;
}

export interface Weighted {
  readonly value: number;
  readonly count: number;
}

export const summarySchema = z.object({
  count: z.number(),
  missing: z.number(),
  mean: z.number(),
  m2: z.number(),
  min: z.number(),
  max: z.number(),
  buckets: z.array(z.tuple([z.number(), z.number()])),
  texts: z.array(z.tuple([z.string(), z.number()])),
});
export type StoredSummary = z.infer<typeof summarySchema>;

export class FieldSummary {
  /** Numbers seen. Texts are counted by `texts` alone. */
  count = 0;
  missing = 0;
  mean = 0;
  /** Sum of squared distances from the mean. */
  m2 = 0;
  min = 0;
  max = 0;
  readonly #buckets = new Map<number, number>();
  readonly #texts = new Map<string, number>();
  #sorted: readonly Weighted[] | undefined;

  observe(value: number | string): void {
    if (typeof value === 'string') this.#addText(value.slice(0, TEXT_LENGTH).toWellFormed(), 1);
    else if (Number.isFinite(value)) this.#addNumber(value);
  }

  #addNumber(value: number): void {
    this.min = this.count === 0 ? value : Math.min(this.min, value);
    this.max = this.count === 0 ? value : Math.max(this.max, value);
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.m2 += delta * (value - this.mean);
    const bucket = bucketOf(value);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#sorted = undefined;
  }

  #addText(text: string, count: number): void {
    const known = this.#texts.get(text);
    if (known !== undefined || this.#texts.size < TEXTS) {
      this.#texts.set(text, (known ?? 0) + count);
      return;
    }
    this.#lower(Math.min(count, ...this.#texts.values()));
    // Whatever of the new count is left takes a place that has become free.
  }

  #lower(by: number): void {
    for (const [text, count] of this.#texts) {
      if (count <= by) this.#texts.delete(text);
      else this.#texts.set(text, count - by);
    }
  }

  observeMissing(): void {
    this.missing++;
  }

  merge(other: FieldSummary): void {
    this.missing += other.missing;
    if (other.count > 0) {
      this.min = this.count === 0 ? other.min : Math.min(this.min, other.min);
      this.max = this.count === 0 ? other.max : Math.max(this.max, other.max);
      const count = this.count + other.count;
      const delta = other.mean - this.mean;
      this.mean += (delta * other.count) / count;
      this.m2 += other.m2 + (delta * delta * this.count * other.count) / count;
      this.count = count;
      for (const [bucket, n] of other.#buckets)
        this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + n);
      this.#sorted = undefined;
    }
    for (const [text, n] of other.#texts) this.#texts.set(text, (this.#texts.get(text) ?? 0) + n);
    if (this.#texts.size > TEXTS) {
      this.#lower([...this.#texts.values()].toSorted((a, b) => b - a)[TEXTS] ?? 0);
    }
  }

  /** Variance of the numbers seen, with n - 1. */
  get variance(): number {
    return this.count > 1 ? this.m2 / (this.count - 1) : 0;
  }

  /** Buckets as values with counts, ascending. */
  get distribution(): readonly Weighted[] {
    return (this.#sorted ??= [...this.#buckets]
      .toSorted(([a], [b]) => a - b)
      .map(([bucket, count]) => ({ value: Math.min(this.max, Math.max(this.min, valueOf(bucket))), count })));
  }

  /** Most frequent text; ties go to the first in code-unit order. */
  get mode(): string | undefined {
    let best: string | undefined;
    let most = 0;
    for (const [text, count] of this.#texts) {
      if (count > most || (count === most && best !== undefined && text < best)) {
        best = text;
        most = count;
      }
    }
    return best;
  }

  /** Texts counted, at least. */
  get textCount(): number {
    let sum = 0;
    for (const count of this.#texts.values()) sum += count;
    return sum;
  }

  toStored(): StoredSummary {
    const { count, missing, mean, m2, min, max } = this;
    const buckets = [...this.#buckets].toSorted(([a], [b]) => a - b);
    const texts = [...this.#texts].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return { count, missing, mean, m2, min, max, buckets, texts };
  }

  static fromStored(stored: StoredSummary): FieldSummary {
    const { buckets, texts, ...moments } = stored;
    const summary = Object.assign(new FieldSummary(), moments);
    for (const [bucket, count] of buckets) summary.#buckets.set(bucket, count);
    for (const [text, count] of texts) summary.#texts.set(text, count);
    return summary;
  }
}
