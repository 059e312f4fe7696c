/** Tells equal rows apart from new ones without remembering the whole file. */

/** Rows of one generation; a row is remembered for one to two generations. */
const GENERATION = 100_000;

export class RecentRows {
  readonly #generation: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  constructor(generation = GENERATION) {
    this.#generation = generation;
  }

  /** How often this row came before, and remembers that it came again. */
  seen(digest: string): number {
    const count = this.#young.get(digest) ?? this.#old.get(digest) ?? 0;
    this.#young.set(digest, count + 1);
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return count;
  }
}
