/** A tree under construction. */
import type { Binned } from './binning.ts';
import type { Split } from './split.ts';
import type { Tree } from './tree.ts';

/** A cut above all values, which parts them from the missing ones. */
const HIGHEST = 3.4028234663852886e38;

export class TreeNodes {
  readonly #width: number;
  readonly #column: number[] = [];
  readonly #threshold: number[] = [];
  readonly #bin: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #cover: number[] = [];
  readonly #value: number[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** A leaf from its sums: value -G / (H + l2), the minimum of the loss's second-order expansion. */
  add(total: Float64Array, l2: number, rate: number): number {
    const weight = total[this.#width] ?? 0;
    this.#column.push(-1);
    for (const list of [this.#threshold, this.#bin, this.#missingLeft, this.#left, this.#right]) list.push(0);
    this.#cover.push(weight);
    for (let k = 0; k < this.#width; k++) {
      // 32 bits, as the exported model holds it.
      this.#value.push(weight + l2 > 0 ? Math.fround((-rate * (total[k] ?? 0)) / (weight + l2)) : 0);
    }
    return this.#column.length - 1;
  }

  /** The leaf becomes a node with two children. */
  cut(node: number, split: Split, binned: Binned, left: number, right: number): void {
    this.#column[node] = split.column;
    this.#bin[node] = split.bin;
    this.#threshold[node] = binned.cuts[split.column]?.[split.bin - 1] ?? HIGHEST;
    this.#missingLeft[node] = this.#missingSide(split, left, right);
    this.#left[node] = left;
    this.#right[node] = right;
  }

  // Where training saw no missing value, a later one follows the majority.
  #missingSide(split: Split, left: number, right: number): number {
    if (split.missingLeft !== undefined) return split.missingLeft ? 1 : 0;
    return (this.#cover[left] ?? 0) >= (this.#cover[right] ?? 0) ? 1 : 0;
  }

  finish(score: number): { tree: Tree; bin: Uint8Array } {
    const tree = {
      column: Int32Array.from(this.#column),
      threshold: Float32Array.from(this.#threshold),
      missingLeft: Uint8Array.from(this.#missingLeft),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      cover: Float64Array.from(this.#cover),
      value: Float64Array.from(this.#value),
      width: this.#width,
      score,
    };
    return { tree, bin: Uint8Array.from(this.#bin) };
  }
}
