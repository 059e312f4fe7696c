/**
 * From scored candidates to what is shown: filters, variety, and no item twice.
 *
 * Variety is maximal marginal relevance (Carbonell and Goldstein, 1998). Place n goes to the item i with the highest
 *
 *   (1 - d) * rel(i) - d * max over shown j of sim(i, j)
 *
 * rel(i): score of i over the highest score of its source. sim(i, j): 0 for items of different or unknown categories, else
 * 1 / (n - place of j), so that an item weighs most on its neighbours. d = 0 leaves the order of the scores; d = 1 looks at
 * variety alone. Ties go to the higher score, then to the item whose text comes first.
 */
import type { RecommendationReason } from '../../events/recommendations.ts';

export interface Candidate {
  readonly item: string;
  /** Above 0, comparable within one source only; a candidate whose score is no such number is passed over. */
  readonly score: number;
  readonly because: RecommendationReason;
}

/** Candidates of one source; made only when the sources before left places. */
export interface Source<Name extends string> {
  readonly name: Name;
  readonly candidates: () => Iterable<Candidate>;
}

export interface Rules {
  /** Items shown, at most. */
  readonly limit: number;
  /** Weight of variety, 0 to 1. */
  readonly diversity: number;
  readonly allowed: (item: string) => boolean;
  readonly categoryOf: (item: string) => string | undefined;
}

export interface Shown<Name extends string> extends Candidate {
  readonly from: Name;
}

/** Best candidates of a source that compete for places. */
const POOL = 200;

/** Fills the places from the sources in their order. */
export function choose<Name extends string>(sources: readonly Source<Name>[], rules: Rules): Shown<Name>[] {
  const shown: Shown<Name>[] = [];
  const taken = new Set<string>();
  const lastOf = new Map<string, number>();
  for (const { name, candidates } of sources) {
    if (shown.length >= rules.limit) break;
    const pool = poolOf(candidates(), taken, rules.allowed);
    const most = pool[0]?.score ?? 1;
    while (shown.length < rules.limit && pool.length > 0) {
      const at = bestOf(pool, most, shown.length, lastOf, rules);
      const [best] = pool.splice(at, 1);
      if (!best) break;
      const category = rules.categoryOf(best.item);
      if (category !== undefined) lastOf.set(category, shown.length);
      taken.add(best.item);
      shown.push({ ...best, from: name });
    }
  }
  return shown;
}

/** The best candidates that may be shown, each item once, in order of score. */
function poolOf(
  candidates: Iterable<Candidate>,
  taken: ReadonlySet<string>,
  allowed: Rules['allowed'],
): Candidate[] {
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { item, score } = candidate;
    if (!(score > 0 && score < Number.POSITIVE_INFINITY) || taken.has(item) || !allowed(item)) continue;
    const known = best.get(item);
    if (!known || score > known.score) best.set(item, candidate);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1)).slice(0, POOL);
}

/** Where in the pool the item for `place` stands. */
function bestOf(
  pool: readonly Candidate[],
  most: number,
  place: number,
  lastOf: ReadonlyMap<string, number>,
  { diversity, categoryOf }: Rules,
): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  pool.forEach(({ item, score }, i) => {
    const last = lastOf.get(categoryOf(item) ?? '');
    const alike = last === undefined ? 0 : 1 / (place - last);
    const value = (1 - diversity) * (score / most) - diversity * alike;
    if (value <= highest) return;
    highest = value;
    best = i;
  });
  return best;
}
