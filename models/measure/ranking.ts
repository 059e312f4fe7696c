/** How well a list is ordered, judged by the place of the one item that was right. */

/** Place of `target` among scores, from 1; of equal scores half come before it, so that a constant earns nothing. */
export function rankOf(scores: ArrayLike<number>, target: number, from = 0): number {
  const own = scores[target] ?? Number.NEGATIVE_INFINITY;
  let above = 0;
  let equal = 0;
  for (let i = from; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    if (score > own) above++;
    else if (score === own) equal++;
  }
  return above + 1 + Math.floor((equal - 1) / 2);
}

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
    if (rank > this.#k) return;
    this.#hits++;
    this.#reciprocal += 1 / rank;
    this.#gain += 1 / Math.log2(rank + 1);
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
