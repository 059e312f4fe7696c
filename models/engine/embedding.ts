/** Embedding tables outside of the graph: a step reads and changes the rows it names, not the whole table. */

/** Rows `indices` of a table of `width` columns, one after the other, into `out`. */
export function gather(
  table: Float32Array,
  width: number,
  indices: ArrayLike<number>,
  out: Float32Array = new Float32Array(indices.length * width),
): Float32Array {
  for (let i = 0; i < indices.length; i++) {
    const at = (indices[i] ?? 0) * width;
    out.set(table.subarray(at, at + width), i * width);
  }
  return out;
}

/** Sums gradients that fall on the same row: a row is changed once a step, by all of them together. */
export class RowGradients {
  readonly #width: number;
  readonly #slots: Int32Array;
  #rows: number[] = [];
  #sums: Float32Array;

  /** For a table of `rows` by `width`. */
  constructor(rows: number, width: number) {
    this.#width = width;
    this.#slots = new Int32Array(rows).fill(-1);
    this.#sums = new Float32Array(1024 * width);
  }

  /** Adds gradients of the rows `indices`, one after the other in `gradient`; row `skip` (padding) is left out. */
  add(indices: ArrayLike<number>, gradient: Float32Array, skip = -1): void {
    const width = this.#width;
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i] ?? 0;
      if (row === skip) continue;
      const to = this.#slot(row) * width;
      const from = i * width;
      const sums = this.#sums;
      for (let j = 0; j < width; j++) sums[to + j] = (sums[to + j] ?? 0) + (gradient[from + j] ?? 0);
    }
  }

  /** Rows touched since the last call and their sums, which are valid until the next {@link add}. */
  take(): { rows: readonly number[]; gradient: Float32Array } {
    const rows = this.#rows;
    for (const row of rows) this.#slots[row] = -1;
    this.#rows = [];
    return { rows, gradient: this.#sums.subarray(0, rows.length * this.#width) };
  }

  #slot(row: number): number {
    const known = this.#slots[row] ?? -1;
    if (known >= 0) return known;
    const slot = this.#rows.push(row) - 1;
    this.#slots[row] = slot;
    const end = (slot + 1) * this.#width;
    if (end > this.#sums.length) {
      const grown = new Float32Array(this.#sums.length * 2);
      grown.set(this.#sums);
      this.#sums = grown;
    }
    this.#sums.fill(0, slot * this.#width, end);
    return slot;
  }
}
