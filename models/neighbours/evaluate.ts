/** How well a recommender ranks the item that came next, among all items. */
import { Ranking, rankOf } from '../measure/ranking.ts';
import type { Recommender } from './recommender.ts';

export interface Case {
  readonly prefix: readonly number[];
  /** -1 or another integer that is no item: a miss. */
  readonly next: number;
}

/** Rank of each case's item, Infinity for one without a score: a recommender that has no opinion is not lucky. */
export function* ranks(recommender: Recommender, cases: Iterable<Case>): Generator<number> {
  const out = new Float32Array(recommender.items);
  for (const { prefix, next } of cases) {
    out.fill(0);
    recommender.score(prefix, out);
    yield (out[next] ?? 0) > 0 ? rankOf(out, next) : Number.POSITIVE_INFINITY;
  }
}

/** `places`: how many count, as in P@20 and MRR@20. */
export function evaluate(recommender: Recommender, cases: Iterable<Case>, places = 20): Ranking {
  const ranking = new Ranking(places);
  for (const rank of ranks(recommender, cases)) ranking.add(rank);
  return ranking;
}
