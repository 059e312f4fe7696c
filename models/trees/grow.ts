/**
 * Grows one tree on binned rows by exact search over the bins. Of two children the smaller is summed up and the larger
 * is what remains of the parent, so a level costs at most half a pass over the rows.
 */

import type { Binned } from './binning.ts';
import { fillHistogram, type Gradients, histogramSize, type Span, subtract, sums } from './histogram.ts';
import { TreeNodes } from './nodes.ts';
import { sampleColumns } from './sample.ts';
import { bestSplit, type Split, type SplitRules } from './split.ts';
import type { Tree } from './tree.ts';

export interface GrowRules extends SplitRules {
  /** Infinity: no limit. */
  readonly maxDepth: number;
  /** With a limit the leaf with the largest gain is cut first. */
  readonly maxLeaves: number;
  /** Columns drawn anew for each node; absent: all of `columns`. */
  readonly columnsPerNode?: number;
}

export interface Task {
  readonly gradients: Gradients;
  /** Rows to learn from; reordered in place so that a leaf's rows lie together. */
  readonly order: Int32Array;
  readonly columns: Int32Array;
  readonly random: () => number;
  /** Leaf values are multiplied with it. */
  readonly rate: number;
  /** The first score that the tree adds to. */
  readonly score: number;
}

export interface Grown {
  readonly tree: Tree;
  /** By node: the bin of the cut, so that binned rows can be sent down. */
  readonly bin: Uint8Array;
  readonly leaves: readonly { readonly node: number; readonly from: number; readonly to: number }[];
}

interface Open extends Span {
  readonly node: number;
  readonly depth: number;
  readonly total: Float64Array;
  readonly histogram: Float64Array | undefined;
  readonly split: Split | undefined;
}

/** Holds the buffers, so one serves for all trees of a model. */
export class Grower {
  readonly #binned: Binned;
  readonly #rules: GrowRules;
  readonly #spare: Float64Array[] = [];
  readonly #held: Int32Array;

  constructor(binned: Binned, rules: GrowRules) {
    this.#binned = binned;
    this.#rules = rules;
    this.#held = new Int32Array(binned.rows);
  }

  grow(task: Task): Grown {
    const nodes = new TreeNodes(task.gradients.width);
    const { order, gradients } = task;
    const whole = { order, from: 0, to: order.length };
    const total = sums(whole, gradients);
    const root = { ...whole, node: nodes.add(total, this.#rules.l2, task.rate), depth: 0, total };
    const open: Open[] = [this.#searched(task, root, undefined)];
    const leaves: Open[] = [];
    for (let next = this.#take(open); next; next = this.#take(open)) {
      const full = open.length + leaves.length + 2 > this.#rules.maxLeaves;
      if (!next.split || full) {
        leaves.push(next);
        this.#free(next.histogram);
      } else open.push(...this.#cut(task, nodes, next, next.split));
    }
    return { ...nodes.finish(task.score), leaves };
  }

  /** The most gainful with a leaf limit; else the last, which keeps few histograms alive. */
  #take(open: Open[]): Open | undefined {
    if (this.#rules.maxLeaves === Number.POSITIVE_INFINITY) return open.pop();
    let best = 0;
    for (let i = 1; i < open.length; i++) {
      if ((open[i]?.split?.gain ?? 0) > (open[best]?.split?.gain ?? 0)) best = i;
    }
    return open.splice(best, 1)[0];
  }

  #cut(task: Task, nodes: TreeNodes, parent: Open, split: Split): Open[] {
    const middle = this.#part(parent, split);
    const spans: Span[] = [
      { order: parent.order, from: parent.from, to: middle },
      { order: parent.order, from: middle, to: parent.to },
    ];
    const children = spans.map((span) => {
      const total = sums(span, task.gradients);
      const node = nodes.add(total, this.#rules.l2, task.rate);
      return { ...span, node, total, depth: parent.depth + 1 };
    });
    const [left, right] = children;
    if (!left || !right) return [];
    nodes.cut(parent.node, split, this.#binned, left.node, right.node);
    if (!parent.histogram) return children.map((child) => this.#searched(task, child, undefined));
    if (!children.some((child) => this.#mayCut(child))) {
      this.#free(parent.histogram);
      return children.map((child) => ({ ...child, histogram: undefined, split: undefined }));
    }
    const leftIsSmall = left.to - left.from <= right.to - right.from;
    const small = this.#summed(task, leftIsSmall ? left : right);
    subtract(parent.histogram, small);
    return children.map((child) =>
      this.#searched(task, child, (child === left) === leftIsSmall ? small : parent.histogram),
    );
  }

  #mayCut(node: Omit<Open, 'histogram' | 'split'>): boolean {
    const weight = node.total[node.total.length - 1] ?? 0;
    return (
      node.depth < this.#rules.maxDepth && node.to - node.from > 1 && weight >= 2 * this.#rules.minChildWeight
    );
  }

  #searched(task: Task, node: Omit<Open, 'histogram' | 'split'>, known: Float64Array | undefined): Open {
    if (!this.#mayCut(node)) {
      this.#free(known);
      return { ...node, histogram: undefined, split: undefined };
    }
    const perNode = this.#rules.columnsPerNode;
    if (perNode === undefined || perNode >= task.columns.length) {
      const histogram = known ?? this.#summed(task, node);
      const split = bestSplit(histogram, this.#binned, task.columns, node.total, this.#rules);
      return { ...node, histogram, split };
    }
    // Siblings look at different columns, so there is nothing to subtract and nothing to keep.
    const columns = sampleColumns(task.columns, perNode, task.random);
    const histogram = this.#buffer(task);
    fillHistogram(histogram, this.#binned, columns, node, task.gradients);
    const split = bestSplit(histogram, this.#binned, columns, node.total, this.#rules);
    this.#free(histogram);
    return { ...node, histogram: undefined, split };
  }

  #summed(task: Task, span: Span): Float64Array {
    const histogram = this.#buffer(task);
    fillHistogram(histogram, this.#binned, task.columns, span, task.gradients);
    return histogram;
  }

  #buffer({ gradients }: Task): Float64Array {
    return this.#spare.pop() ?? new Float64Array(histogramSize(this.#binned, gradients.width));
  }

  #free(histogram: Float64Array | undefined): void {
    if (histogram) this.#spare.push(histogram);
  }

  /** Moves the rows that go left to the front, both sides in their old order; answers where the right side begins. */
  #part({ order, from, to }: Span, { column, bin, missingLeft }: Split): number {
    const { bins, columns } = this.#binned;
    const held = this.#held;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      const at = bins[row * columns + column] ?? 0;
      if (at === 0 ? missingLeft : at <= bin) order[left++] = row;
      else held[right++] = row;
    }
    order.set(held.subarray(0, right), left);
    return left;
  }
}
