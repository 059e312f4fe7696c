/**
 * Decision tree and random forest (Breiman 2001) by least squares. For a 0/1 target the fall of the squared error is half
 * the fall of Gini impurity, so these are the usual classification trees; a leaf predicts the mean of its rows.
 */
import { seededRandom } from '../../domain/random.ts';
import type { FitOptions, Matrix } from '../selection/learner.ts';
import { type Binned, binMatrix } from './binning.ts';
import { checkedWeights, means, outputsOf } from './data.ts';
import { Grower, type GrowRules } from './grow.ts';
import type { Gradients } from './histogram.ts';
import type { TreeModel } from './model.ts';
import { bootstrapCounts, range } from './sample.ts';
import {
  type ForestSettings,
  forestDefaults,
  type Target,
  type TreeSettings,
  treeDefaults,
} from './settings.ts';

/**
 * One tree on all rows and columns.
 * @throws WellspringError `refused` as {@link checkedWeights} says.
 */
export function trainTree(
  x: Matrix,
  y: Float64Array,
  settings: Partial<TreeSettings>,
  options: FitOptions,
): TreeModel {
  const chosen = { ...treeDefaults, ...settings };
  const weights = checkedWeights(x, y, chosen.target, options);
  const binned = binMatrix(x, chosen.bins);
  const base = baseOf(y, weights, chosen.target);
  const { tree } = new Grower(binned, rulesOf(chosen)).grow({
    gradients: leastSquares(y, weights, base, chosen.target),
    order: range(x.rows).filter((row) => (weights[row] ?? 0) > 0),
    columns: range(x.columns),
    random: seededRandom(options.seed),
    rate: 1,
    score: 0,
  });
  return {
    columns: x.columns,
    outputs: outputsOf(chosen.target),
    link: linkOf(chosen.target),
    base,
    trees: [tree],
  };
}

/**
 * Trees on bootstrap samples, columns drawn for each node; predicts the mean over trees.
 * @throws WellspringError `refused` as {@link checkedWeights} says.
 */
export function trainForest(
  x: Matrix,
  y: Float64Array,
  settings: Partial<ForestSettings>,
  options: FitOptions,
): TreeModel {
  const chosen = { ...forestDefaults, ...settings };
  const weights = checkedWeights(x, y, chosen.target, options);
  const base = baseOf(y, weights, chosen.target);
  const binned = binMatrix(x, chosen.bins);
  const grower = new Grower(binned, { ...rulesOf(chosen), columnsPerNode: columnsPerNode(chosen, binned) });
  const random = seededRandom(options.seed);
  const trees = Array.from({ length: chosen.trees }, () => {
    const counts = bootstrapCounts(x.rows, random);
    const drawn = weights.map((weight, row) => weight * (counts[row] ?? 0));
    return grower.grow({
      gradients: leastSquares(y, drawn, base, chosen.target),
      order: range(x.rows).filter((row) => (drawn[row] ?? 0) > 0),
      columns: range(x.columns),
      random,
      rate: 1 / chosen.trees,
      score: 0,
    }).tree;
  });
  return { columns: x.columns, outputs: outputsOf(chosen.target), link: linkOf(chosen.target), base, trees };
}

const linkOf = (target: Target): TreeModel['link'] => (target === 'number' ? 'identity' : 'clip');

/** The mean of a number, so that small differences between large numbers are not lost; 0 for shares. */
const baseOf = (y: Float64Array, weights: Float64Array, target: Target): Float64Array =>
  target === 'number' ? means(y, weights, target) : new Float64Array(outputsOf(target));

const rulesOf = ({ maxDepth, maxLeaves, minChildWeight }: TreeSettings): GrowRules => ({
  maxDepth,
  maxLeaves,
  minChildWeight,
  l2: 0,
  minGain: 0,
});

function columnsPerNode({ columnShare }: ForestSettings, { columns }: Binned): number {
  const count = columnShare === undefined ? Math.sqrt(columns) : columnShare * columns;
  return Math.min(columns, Math.max(1, Math.round(count)));
}

/** Derivatives of weight * (score - target)^2 / 2 at the base. */
function leastSquares(y: Float64Array, weights: Float64Array, base: Float64Array, target: Target): Gradients {
  const width = outputsOf(target);
  const gradient = new Float64Array(y.length * width);
  for (let row = 0; row < y.length; row++) {
    for (let k = 0; k < width; k++) {
      const wanted = typeof target === 'object' ? Number(y[row] === k) : (y[row] ?? 0);
      gradient[row * width + k] = (weights[row] ?? 0) * ((base[k] ?? 0) - wanted);
    }
  }
  return { width, gradient, hessian: weights };
}
