/** Gradient boosting with second-order leaf values (Friedman 2001; Chen and Guestrin 2016). */
import { seededRandom } from '../../domain/random.ts';
import type { FitOptions, Matrix } from '../selection/learner.ts';
import { type Binned, binMatrix } from './binning.ts';
import { checkedWeights, means } from './data.ts';
import { Grower, type Grown } from './grow.ts';
import { type Loss, lossFor } from './loss.ts';
import type { TreeModel } from './model.ts';
import { range, sampleColumns, sampleRows } from './sample.ts';
import { type BoostingSettings, boostingDefaults, type Target } from './settings.ts';
import type { Tree } from './tree.ts';

/**
 * @throws WellspringError `refused` when lengths do not fit, there is no weight, or `y` holds what the target does not allow.
 */
export function trainBoosting(
  x: Matrix,
  y: Float64Array,
  settings: Partial<BoostingSettings>,
  options: FitOptions,
): TreeModel {
  const chosen = { ...boostingDefaults, ...settings };
  const weights = checkedWeights(x, y, chosen.target, options);
  const run = new Run(binMatrix(x, chosen.bins), y, weights, chosen, options.seed);
  return { columns: x.columns, ...run.train(), link: linkOf(chosen.target) };
}

function linkOf(target: Target): TreeModel['link'] {
  if (target === 'binary') return 'logistic';
  return target === 'number' ? 'identity' : 'softmax';
}

class Run {
  readonly #binned: Binned;
  readonly #y: Float64Array;
  readonly #weights: Float64Array;
  readonly #settings: BoostingSettings;
  readonly #random: () => number;
  readonly #loss: Loss;
  readonly #grower: Grower;
  /** rows x outputs. */
  readonly #scores: Float64Array;
  readonly #learning: Int32Array;
  readonly #heldOut: Int32Array;

  constructor(
    binned: Binned,
    y: Float64Array,
    weights: Float64Array,
    settings: BoostingSettings,
    seed: number,
  ) {
    this.#binned = binned;
    this.#y = y;
    this.#weights = weights;
    this.#settings = settings;
    this.#random = seededRandom(seed);
    this.#loss = lossFor(settings.target, binned.rows);
    this.#grower = new Grower(binned, settings);
    this.#scores = new Float64Array(binned.rows * this.#loss.outputs);
    const rows = range(binned.rows).filter((row) => (weights[row] ?? 0) > 0);
    [this.#learning, this.#heldOut] = holdOut(rows, settings.stopping, this.#random);
  }

  train(): { outputs: number; base: Float64Array; trees: Tree[] } {
    const { outputs } = this.#loss;
    const base = this.#base();
    for (let row = 0; row < this.#binned.rows; row++) this.#scores.set(base, row * outputs);
    const trees: Tree[] = [];
    let best = { loss: Number.POSITIVE_INFINITY, round: this.#settings.rounds - 1 };
    for (let round = 0; round < this.#settings.rounds; round++) {
      trees.push(...this.#round());
      const { stopping } = this.#settings;
      if (!stopping) continue;
      const loss = this.#heldOutLoss();
      if (loss < best.loss) best = { loss, round };
      else if (round - best.round >= stopping.patience) break;
    }
    return { outputs, base, trees: trees.slice(0, (best.round + 1) * outputs) };
  }

  #base(): Float64Array {
    const learning = new Set(this.#learning);
    const weights = this.#weights.map((weight, row) => (learning.has(row) ? weight : 0));
    return this.#loss.base(means(this.#y, weights, this.#settings.target));
  }

  #round(): Tree[] {
    const { columnShare, rowShare, learningRate } = this.#settings;
    const derivatives = this.#loss.derive(this.#y, this.#scores, this.#weights);
    const rows = sampleRows(this.#learning, rowShare, this.#random);
    const count = Math.max(1, Math.round(columnShare * this.#binned.columns));
    const columns = sampleColumns(range(this.#binned.columns), count, this.#random);
    return derivatives.map((derivative, score) => {
      const order = rows.slice();
      const grown = this.#grower.grow({
        gradients: { width: 1, ...derivative },
        order,
        columns,
        random: this.#random,
        rate: learningRate,
        score,
      });
      this.#addScores(grown, order);
      return grown.tree;
    });
  }

  #addScores({ tree, bin: cuts, leaves }: Grown, order: Int32Array): void {
    const { outputs } = this.#loss;
    const known = new Uint8Array(this.#binned.rows);
    for (const { node, from, to } of leaves) {
      for (let i = from; i < to; i++) {
        const row = order[i] ?? 0;
        known[row] = 1;
        this.#add(row * outputs + tree.score, tree.value[node] ?? 0);
      }
    }
    if (order.length === this.#binned.rows) return;
    for (let row = 0; row < this.#binned.rows; row++) {
      if (known[row] === 0) {
        const leaf = binnedLeaf(tree, cuts, this.#binned, row);
        this.#add(row * outputs + tree.score, tree.value[leaf] ?? 0);
      }
    }
  }

  #add(at: number, value: number): void {
    this.#scores[at] = (this.#scores[at] ?? 0) + value;
  }

  #heldOutLoss(): number {
    const { outputs } = this.#loss;
    let sum = 0;
    for (const row of this.#heldOut) {
      const scores = this.#scores.subarray(row * outputs, (row + 1) * outputs);
      sum += (this.#weights[row] ?? 0) * this.#loss.at(this.#y[row] ?? 0, scores);
    }
    return sum;
  }
}

function holdOut(
  rows: Int32Array,
  stopping: BoostingSettings['stopping'],
  random: () => number,
): [learning: Int32Array, heldOut: Int32Array] {
  if (!stopping) return [rows, new Int32Array(0)];
  const first = Math.max(1, Math.floor(rows.length * (1 - stopping.share)));
  if (stopping.part === 'last') return [rows.slice(0, first), rows.slice(first)];
  const learning = sampleColumns(rows, first, random);
  const chosen = new Set(learning);
  return [learning, rows.filter((row) => !chosen.has(row))];
}

function binnedLeaf(tree: Tree, cuts: Uint8Array, { bins, columns }: Binned, row: number): number {
  let node = 0;
  for (let test = tree.column[0] ?? -1; test >= 0; test = tree.column[node] ?? -1) {
    const at = bins[row * columns + test] ?? 0;
    const goesLeft = at === 0 ? tree.missingLeft[node] === 1 : at <= (cuts[node] ?? 0);
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0;
  }
  return node;
}
