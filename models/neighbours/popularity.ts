/** How often each item occurs: the least that any recommender must beat, and what is served to somebody unknown. */
import { pack, unpack } from './packing.ts';
import type { Packable, Recommender } from './recommender.ts';
import { countOf, eachSession, freshness, type Sessions } from './sessions.ts';

export interface Popularity extends Packable {
  /** Occurrences of each item, those of older sessions worth less if so asked. */
  readonly counts: Float32Array;
}

export interface PopularityOptions {
  /** An occurrence counts exp(-age / this), age being the share of sessions that are newer. @default Infinity */
  readonly sessionDecay?: number;
}

export function fitPopularity(
  sessions: Sessions,
  items: number,
  { sessionDecay = Number.POSITIVE_INFINITY }: PopularityOptions = {},
): Popularity {
  const counts = new Float32Array(items);
  const fresh = freshness(countOf(sessions), sessionDecay);
  eachSession(sessions, (from, to, session) => {
    for (let i = from; i < to; i++) {
      const item = sessions.items[i] ?? 0;
      counts[item] = (counts[item] ?? 0) + (fresh[session] ?? 0);
    }
  });
  return popularityOf(counts);
}

function popularityOf(counts: Float32Array): Popularity {
  return {
    items: counts.length,
    counts,
    score: (_, out) => {
      for (let i = 0; i < counts.length; i++) out[i] = (out[i] ?? 0) + (counts[i] ?? 0);
    },
    pack: () => pack('popularity', {}, { counts }),
  };
}

/** @throws WellspringError `refused` for other bytes. */
export const unpackPopularity = (bytes: Uint8Array): Popularity =>
  popularityOf(unpack('popularity', bytes).floats('counts'));

/** Items of the session itself, the most frequent first, then popular ones (S-POP). */
export function sessionPopularity(popularity: Popularity): Recommender {
  const most = popularity.counts.reduce((a, b) => Math.max(a, b), 1) + 1;
  return {
    items: popularity.items,
    score: (prefix, out) => {
      popularity.score(prefix, out);
      for (let i = 0; i < prefix.length; i++) {
        const item = prefix[i] ?? -1;
        if (item >= 0 && item < popularity.items) out[item] = (out[item] ?? 0) + most;
      }
    },
  };
}
