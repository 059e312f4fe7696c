/** A grown tree, as flat arrays by node; node 0 is the root. */
import type { Matrix } from '../selection/learner.ts';

export interface Tree {
  /** Column tested; -1 at a leaf. */
  readonly column: Int32Array;
  /** Left when value <= threshold; a 32-bit number. */
  readonly threshold: Float32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Sum of hessians of the training rows that passed; for plain trees their weight. */
  readonly cover: Float64Array;
  /** nodes x width; what a leaf adds to the scores. */
  readonly value: Float64Array;
  readonly width: number;
  /** The first score it adds to. */
  readonly score: number;
}

/** The leaf that a row of the matrix falls in. */
export function leafOf(tree: Tree, x: Matrix, row: number): number {
  const { column, threshold, missingLeft, left, right } = tree;
  const base = row * x.columns;
  let node = 0;
  for (let test = column[0] ?? -1; test >= 0; test = column[node] ?? -1) {
    const value = Math.fround(x.data[base + test] ?? Number.NaN);
    const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= (threshold[node] ?? 0);
    node = (goesLeft ? left[node] : right[node]) ?? 0;
  }
  return node;
}

/** Adds what the tree says of each row to rows x outputs scores. */
export function addScores(tree: Tree, x: Matrix, scores: Float64Array, outputs: number): void {
  const { width, score, value } = tree;
  for (let row = 0; row < x.rows; row++) {
    const leaf = leafOf(tree, x, row);
    for (let k = 0; k < width; k++) {
      const at = row * outputs + score + k;
      scores[at] = (scores[at] ?? 0) + (value[leaf * width + k] ?? 0);
    }
  }
}

export const leafCount = (tree: Tree): number => tree.column.filter((column) => column < 0).length;
