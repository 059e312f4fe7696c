/** Token buckets per key: a noisy source cannot starve the others. Counted per process. */

/** Seconds of unused allowance that may be spent at once. */
const BURST_SECONDS = 10;

export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * Takes `events` tokens from a bucket that refills at `perSecond`.
   * Returns 0 when they were taken, else the seconds after which a repeat can succeed.
   */
  take(bucket: string, events: number, perSecond: number, now: number): number {
    const capacity = perSecond * BURST_SECONDS;
    const known = this.#buckets.get(bucket) ?? { tokens: capacity, at: now };
    const elapsed = Math.max(0, now - known.at) / 1000;
    const tokens = Math.min(capacity, known.tokens + elapsed * perSecond);
    if (tokens < events) {
      this.#buckets.set(bucket, { tokens, at: now });
      return Math.max(1, Math.ceil((events - tokens) / perSecond));
    }
    this.#buckets.set(bucket, { tokens: tokens - events, at: now });
    return 0;
  }
}
