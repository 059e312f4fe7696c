/** Whether what a model sees, or says, has moved away from what it was trained on. */
import type { Distribution } from '../registry/manifest.ts';

/** Shares below this count as this: an empty bucket must not make the index infinite. */
const LEAST = 1e-4;
/** From here on a shift is worth a look, and from here on worth acting on: the usual rule of thumb. */
export const MODERATE = 0.1;
export const LARGE = 0.25;

/** Cuts that part `values` into at most `buckets` equally full ones, and the shares that result. */
export function distributionOf(values: readonly number[], buckets = 10): Distribution {
  const sorted = Float64Array.from(values).sort();
  const cuts = new Set<number>();
  for (let i = 1; i < buckets; i++) {
    const cut = sorted[Math.floor((i * sorted.length) / buckets)];
    if (cut !== undefined && cut > (sorted[0] ?? 0)) cuts.add(cut);
  }
  const list = [...cuts];
  return { cuts: list, shares: sharesOf(values, list) };
}

/** Share of the values in each bucket; a value that equals a cut lies above it. */
export function sharesOf(values: readonly number[], cuts: readonly number[]): number[] {
  const counts = Array.from({ length: cuts.length + 1 }, () => 0);
  for (const value of values) {
    let bucket = 0;
    while (bucket < cuts.length && value >= (cuts[bucket] ?? 0)) bucket++;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, values.length));
}

/** Population stability index: sum of (now - then) ln(now / then) over the buckets of then. 0 when nothing moved. */
export function stability({ cuts, shares }: Distribution, values: readonly number[]): number {
  return sharesOf(values, cuts).reduce((sum, share, i) => {
    const [now, then] = [Math.max(share, LEAST), Math.max(shares[i] ?? 0, LEAST)];
    return sum + (now - then) * Math.log(now / then);
  }, 0);
}

export type Verdict = 'stable' | 'moderate' | 'large';

export const verdictOf = (index: number): Verdict =>
  index < MODERATE ? 'stable' : index < LARGE ? 'moderate' : 'large';
