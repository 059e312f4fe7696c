import { LEFT_OUT } from './layout.ts';

/**
 * Items that the positions of a batch are compared with: every target of the batch, filled up with items drawn evenly.
 * Popular items are among them more often than others, so each logit is corrected by the log of its chance to be there.
 */
export class Candidates {
  readonly #logMiss: Float64Array;
  readonly #items: readonly number[];
  readonly #slots: Int32Array;
  readonly #random: () => number;

  /** `counts`: how often each row is a target in training; rows that never are cannot be drawn. */
  constructor(counts: ArrayLike<number>, random: () => number) {
    const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
    this.#items = Array.from({ length: counts.length }, (_, row) => row).filter(
      (row) => (counts[row] ?? 0) > 0,
    );
    // Log of the chance that one position's target is another item.
    this.#logMiss = Float64Array.from({ length: counts.length }, (_, row) =>
      Math.log1p(-(counts[row] ?? 0) / (total + 1)),
    );
    this.#slots = new Int32Array(counts.length).fill(-1);
    this.#random = random;
  }

  get items(): number {
    return this.#items.length;
  }

  /**
   * Rows and log chances, `size` of each, and the place of each target among them.
   * @throws RangeError when there is no room for all targets.
   */
  draw(targets: readonly number[], size: number): { rows: number[]; shares: Float32Array; places: number[] } {
    const rows: number[] = [];
    const put = (row: number): number => {
      const known = this.#slots[row] ?? -1;
      if (known >= 0) return known;
      this.#slots[row] = rows.length;
      return rows.push(row) - 1;
    };
    const places = targets.map(put);
    if (rows.length > size) throw new RangeError('more targets than candidates');
    const room = size - rows.length;
    const drawn = room >= this.#items.length - rows.length ? undefined : room;
    if (drawn === undefined) this.#items.forEach(put);
    else while (rows.length < size) put(this.#items[Math.floor(this.#random() * this.#items.length)] ?? 0);
    for (const row of rows) this.#slots[row] = -1;
    return { rows, shares: this.#shares(rows, size, targets.length, drawn), places };
  }

  /** `drawn`: how many were drawn, undefined when all items are there. Unused places are never compared with anything. */
  #shares(rows: readonly number[], size: number, targets: number, drawn: number | undefined): Float32Array {
    const shares = new Float32Array(size).fill(LEFT_OUT);
    const logMissDrawn = (drawn ?? 0) * Math.log1p(-1 / this.#items.length);
    rows.forEach((row, i) => {
      const miss = targets * (this.#logMiss[row] ?? 0) + logMissDrawn;
      shares[i] = drawn === undefined ? 0 : Math.log(-Math.expm1(miss));
    });
    return shares;
  }
}
