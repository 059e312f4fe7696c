/** How well a list is ordered, judged by the place of the one item that was right. */

/**
 * Place of `target` among scores[from ..], from 1. Of equal scores half come before it, rounded against it, so that a
 * constant earns nothing; a score that is no number comes before it too. Infinity when its own score is no number.
 */
export function rankOf(scores: ArrayLike<number>, target: number, from = 0): number {
  const own = scores[target] ?? Number.NaN;
  if (Number.isNaN(own)) return Number.POSITIVE_INFINITY;
  let above = 0;
  let equal = 0;
  for (let i = from; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    if (score === own) equal++;
    else if (!(score < own)) above++;
  }
  return above + 1 + Math.ceil((equal - 1) / 2);
}

/** 1 / rank within the first k places, else 0: what a case adds to MRR@k. */
export const reciprocal = (rank: number, k: number): number => (rank <= k ? 1 / rank : 0);

/** 1 / log2(rank + 1) within the first k places, else 0: what a case with one target adds to NDCG@k. */
export const gain = (rank: number, k: number): number => (rank <= k ? 1 / Math.log2(rank + 1) : 0);

/** Sums of a ranking's figures over cases. */
export class Ranking {
  readonly #k: number;
  #cases = 0;
  #hits = 0;
  #reciprocal = 0;
  #gain = 0;

  /** `k`: places that count. */
  constructor(k: number) {
    this.#k = k;
  }

  /** `rank` from 1; Infinity for a target that cannot be ranked. */
  add(rank: number): void {
    this.#cases++;
    if (rank <= this.#k) this.#hits++;
    this.#reciprocal += reciprocal(rank, this.#k);
    this.#gain += gain(rank, this.#k);
  }

  get cases(): number {
    return this.#cases;
  }

  /** Share of cases within the first k: HR@k, P@k, Recall@k with one target. */
  get hitRate(): number {
    return this.#cases && this.#hits / this.#cases;
  }

  /** Mean of 1 / rank, 0 beyond k: MRR@k. */
  get reciprocalRank(): number {
    return this.#cases && this.#reciprocal / this.#cases;
  }

  /** Mean of 1 / log2(rank + 1), 0 beyond k: NDCG@k with one target. */
  get ndcg(): number {
    return this.#cases && this.#gain / this.#cases;
  }
}
