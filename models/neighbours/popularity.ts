/** How often each item occurs: the least that any recommender must beat. */
import type { Recommender } from './recommender.ts';
import type { Sessions } from './sessions.ts';

export function fitPopularity(
  { items: all }: Sessions,
  items: number,
): Recommender & { readonly counts: Float32Array } {
  const counts = new Float32Array(items);
  for (const item of all) counts[item] = (counts[item] ?? 0) + 1;
  return {
    items,
    counts,
    score: (_, out) => {
      for (let i = 0; i < items; i++) out[i] = (out[i] ?? 0) + (counts[i] ?? 0);
    },
  };
}

/** Items of the session itself, the most frequent first, then popular ones (S-POP). */
export function sessionPopularity(popularity: Recommender & { readonly counts: Float32Array }): Recommender {
  const most = popularity.counts.reduce((a, b) => Math.max(a, b), 1) + 1;
  return {
    items: popularity.items,
    score: (prefix, out) => {
      popularity.score(prefix, out);
      for (let i = 0; i < prefix.length; i++) {
        const item = prefix[i] ?? 0;
        out[item] = (out[item] ?? 0) + most;
      }
    },
  };
}
