/** What ranks items for somebody whose latest items are known. Items are integers from 0. */
export interface Recommender {
  /** Number of items it knows: scores come for 0 .. items - 1. */
  readonly items: number;
  /**
   * Adds a score above 0 to every item it has an opinion on; higher is better, 0 means no opinion.
   * @param prefix items in order, the newest last; integers that are no items are passed over, but count as steps
   * @param out one score per item, all 0
   */
  score(prefix: ArrayLike<number>, out: Float32Array): void;
}

/** A recommender that can be stored; each kind has a function that reads its own bytes. */
export interface Packable extends Recommender {
  pack(): Uint8Array;
}
