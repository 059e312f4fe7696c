/** What ranks items for somebody whose latest items are known. Items are integers from 0. */
export interface Recommender {
  /** Number of items it knows: scores come for 0 .. items - 1. */
  readonly items: number;
  /**
   * Adds a score to every item it has an opinion on; higher is better, 0 means no opinion.
   * @param prefix items in order, the newest last; never empty
   * @param out one score per item, all 0
   */
  score(prefix: ArrayLike<number>, out: Float32Array): void;
}
