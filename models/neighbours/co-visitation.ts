/** Which items follow which: counts of pairs within a session, fewer points for pairs that lie further apart. */
import type { Recommender } from './recommender.ts';
import { eachSession, type Sessions } from './sessions.ts';

export interface CoVisitationOptions {
  /** Steps between two items of a pair, at most. @default 5 */
  readonly reach?: number;
  /** Points of a pair whose order is reversed, relative to one in order. @default 0.3 */
  readonly backward?: number;
  /** Neighbours kept for each item. @default 100 */
  readonly keep?: number;
  /** How much less an item of the prefix counts for each step back. @default 0.5 */
  readonly decay?: number;
}

interface Row {
  readonly items: Int32Array;
  readonly weights: Float32Array;
}

/** A pair at distance d has 1/d points; rows are divided by the length of the vector, so that busy items do not win. */
export function fitCoVisitation(
  sessions: Sessions,
  items: number,
  options: CoVisitationOptions = {},
): Recommender {
  const { reach = 5, backward = 0.3, keep = 100, decay = 0.5 } = options;
  const pairs = Array.from({ length: items }, () => new Map<number, number>());
  const put = (from: number, to: number, points: number): void => {
    const row = pairs[from];
    if (row && from !== to) row.set(to, (row.get(to) ?? 0) + points);
  };
  eachSession(sessions, (from, to) => {
    for (let i = from; i < to; i++) {
      for (let j = i + 1; j < Math.min(to, i + 1 + reach); j++) {
        const [a, b] = [sessions.items[i] ?? 0, sessions.items[j] ?? 0];
        put(a, b, 1 / (j - i));
        put(b, a, backward / (j - i));
      }
    }
  });
  const rows = pairs.map((row) => strongest(row, keep));
  return {
    items,
    score: (prefix, out) => {
      let weight = 1;
      for (let i = prefix.length - 1; i >= 0 && weight > 1e-3; i--, weight *= decay) {
        const row = rows[prefix[i] ?? 0];
        row?.items.forEach((item, n) => {
          out[item] = (out[item] ?? 0) + weight * (row.weights[n] ?? 0);
        });
      }
    },
  };
}

function strongest(row: ReadonlyMap<number, number>, keep: number): Row {
  const kept = [...row].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, keep);
  const length = Math.hypot(...kept.map(([, points]) => points)) || 1;
  return {
    items: Int32Array.from(kept, ([item]) => item),
    weights: Float32Array.from(kept, ([, points]) => points / length),
  };
}
