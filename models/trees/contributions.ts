/**
 * What each column contributed to a score: exact Shapley values of the path-dependent game, in which an absent column
 * sends a row down both sides of its cuts in the proportion of the training rows (TreeSHAP; Lundberg, Erion and Lee
 * 2018, algorithm 2). For every row and output: base + the sum of contributions = score, before the link.
 */
import type { Matrix } from '../selection/learner.ts';
import type { TreeModel } from './model.ts';
import { checkColumns } from './predict.ts';
import type { Tree } from './tree.ts';

export interface Contributions {
  /** The mean score over the training rows of each tree; `outputs` numbers. */
  readonly base: Float64Array;
  /** rows x outputs x columns. */
  readonly values: Float64Array;
}

/**
 * Time grows with trees x leaves x depth squared: meant for the rows that people look at.
 * @throws WellspringError `refused` for a matrix of another width.
 */
export function contributions(model: TreeModel, x: Matrix): Contributions {
  checkColumns(model, x);
  const { columns, outputs } = model;
  const base = model.base.slice();
  for (const tree of model.trees) {
    expected(tree).forEach((mean, k) => (base[tree.score + k] = (base[tree.score + k] ?? 0) + mean));
  }
  const values = new Float64Array(x.rows * outputs * columns);
  for (const tree of model.trees) {
    for (let row = 0; row < x.rows; row++) {
      const from = (row * outputs + tree.score) * columns;
      new Walk(tree, x, row, values.subarray(from, from + tree.width * columns)).run();
    }
  }
  return { base, values };
}

/** Mean of the leaves by cover; `width` numbers. */
function expected({ column, value, cover, width }: Tree): Float64Array {
  const mean = new Float64Array(width);
  column.forEach((test, node) => {
    if (test >= 0) return;
    const share = (cover[node] ?? 0) / (cover[0] ?? 1);
    for (let k = 0; k < width; k++) mean[k] = (mean[k] ?? 0) + share * (value[node * width + k] ?? 0);
  });
  return mean;
}

/** One column on the path to a node. */
interface Step {
  /** -1 for the first, which stands for no column. */
  readonly column: number;
  /** Share of paths that get here when the column is absent, and when it is present. */
  readonly zero: number;
  readonly one: number;
  /** Weight of the column subsets of this size: entry i belongs to subsets of i columns. */
  weight: number;
}

class Walk {
  readonly #tree: Tree;
  readonly #x: Matrix;
  readonly #row: number;
  readonly #into: Float64Array;

  constructor(tree: Tree, x: Matrix, row: number, into: Float64Array) {
    this.#tree = tree;
    this.#x = x;
    this.#row = row;
    this.#into = into;
  }

  run(): void {
    this.#visit(0, [], { column: -1, zero: 1, one: 1 });
  }

  #visit(node: number, above: readonly Step[], step: Omit<Step, 'weight'>): void {
    let path = extended(above, step);
    const column = this.#tree.column[node] ?? -1;
    if (column < 0) {
      this.#credit(node, path);
      return;
    }
    // A column that was tested before is taken out and put back with the product of its shares.
    const before = path.findIndex((earlier) => earlier.column === column);
    const { zero, one } = path[before] ?? { zero: 1, one: 1 };
    if (before >= 0) path = without(path, before);
    const taken = this.#next(node);
    for (const child of [this.#tree.left[node] ?? 0, this.#tree.right[node] ?? 0]) {
      const share = (this.#tree.cover[child] ?? 0) / Math.max(this.#tree.cover[node] ?? 0, 1e-300);
      if (share === 0 && child !== taken) continue;
      this.#visit(child, path, { column, zero: zero * share, one: child === taken ? one : 0 });
    }
  }

  #credit(leaf: number, path: readonly Step[]): void {
    const { width, value } = this.#tree;
    for (let i = 1; i < path.length; i++) {
      const { column = 0, one = 0, zero = 0 } = path[i] ?? {};
      const scale = unwoundSum(path, i) * (one - zero);
      for (let k = 0; k < width; k++) {
        const at = k * this.#x.columns + column;
        this.#into[at] = (this.#into[at] ?? 0) + scale * (value[leaf * width + k] ?? 0);
      }
    }
  }

  /** The child that the row goes to. */
  #next(node: number): number {
    const { column, threshold, missingLeft, left, right } = this.#tree;
    const value = Math.fround(this.#x.data[this.#row * this.#x.columns + (column[node] ?? 0)] ?? Number.NaN);
    const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= (threshold[node] ?? 0);
    return (goesLeft ? left[node] : right[node]) ?? 0;
  }
}

/** The path with one more column: subsets without it keep the share `zero`, subsets with it grow by one. */
function extended(path: readonly Step[], step: Omit<Step, 'weight'>): Step[] {
  const depth = path.length;
  const next = path.map((earlier) => ({ ...earlier }));
  next.push({ ...step, weight: depth === 0 ? 1 : 0 });
  for (let i = depth - 1; i >= 0; i--) {
    const here = next[i];
    const above = next[i + 1];
    if (!here || !above) continue;
    above.weight += (step.one * here.weight * (i + 1)) / (depth + 1);
    here.weight = (step.zero * here.weight * (depth - i)) / (depth + 1);
  }
  return next;
}

/** Weights of the path as if column `at` had never been added; undoes {@link extended}. */
function unwound(path: readonly Step[], at: number): number[] {
  const depth = path.length - 1;
  const { one = 0, zero = 0 } = path[at] ?? {};
  const weights = path.map(({ weight }) => weight);
  let carried = weights[depth] ?? 0;
  for (let i = depth - 1; i >= 0; i--) {
    const weight = weights[i] ?? 0;
    if (one !== 0) {
      const now = (carried * (depth + 1)) / ((i + 1) * one);
      weights[i] = now;
      carried = weight - (now * zero * (depth - i)) / (depth + 1);
    } else weights[i] = (weight * (depth + 1)) / (zero * (depth - i));
  }
  return weights.slice(0, depth);
}

function without(path: readonly Step[], at: number): Step[] {
  const weights = unwound(path, at);
  return path.filter((_, i) => i !== at).map((step, i) => ({ ...step, weight: weights[i] ?? 0 }));
}

const unwoundSum = (path: readonly Step[], at: number): number =>
  unwound(path, at).reduce((sum, weight) => sum + weight, 0);
