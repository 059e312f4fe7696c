/** Trains a text classifier: softmax regression over hashed n-grams, mixed with naive Bayes. */
import { WellspringError } from '../../domain/errors.ts';
import { minimise } from '../linear/lbfgs.ts';
import { softmax } from '../linear/model.ts';
import { loss, type Problem } from '../linear/objective.ts';
import { multiply, type SparseMatrix, takeSparse } from '../linear/rows.ts';
import { stratifiedFolds } from '../selection/folds.ts';
import { takeValues } from '../selection/learner.ts';
import { matrixOf } from './features.ts';
import type { TextModel } from './model.ts';
import { bayesRatio, bayesScores, countTerms, inverseFrequency } from './scales.ts';
import { type FeaturePlan, featurePlan } from './terms.ts';

export interface TextSettings {
  readonly plan: FeaturePlan;
  /** What a term's coefficient is drawn to 0 against: rare terms get more room, or terms that naive Bayes finds telling. */
  readonly weighting: 'idf' | 'bayes';
  /** Penalty: ridge / 2 * the sum of (coefficient / weighting)^2. */
  readonly ridge: number;
  /** Share of naive Bayes over words in the score, 0 to 1: it learns more from few texts, regression more from many. */
  readonly bayes: number;
  /** Power, 0 to 1, to which rows of scarce classes weigh more: 1 lets each class weigh the same. */
  readonly balance: number;
  /** Terms in fewer texts are left out. */
  readonly least: number;
}

export const textSettings: TextSettings = {
  plan: featurePlan,
  weighting: 'idf',
  ridge: 0.3,
  bayes: 0.3,
  balance: 0,
  least: 1,
};

export interface TextTask {
  readonly texts: readonly string[];
  /** Of each text. */
  readonly labels: readonly string[];
  /** In the order of the answers. */
  readonly classes: readonly string[];
  readonly settings?: Partial<TextSettings>;
  /** Decides which texts calibrate. */
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
}

/** Texts of each class without which nothing can be learned and calibrated. */
const LEAST_TEXTS = 5;

/** @throws WellspringError `too_little_history` with fewer than 5 texts of a class, `refused` for other labels. */
export function trainText(task: TextTask): TextModel {
  const settings = { ...textSettings, ...task.settings };
  const y = labelsOf(task);
  task.onProgress?.(`describing ${y.length} texts`);
  return trainOn(matrixOf(task.texts, settings.plan), y, task.classes, settings, task);
}

function labelsOf({ texts, labels, classes }: TextTask): Float64Array {
  const y = Float64Array.from(labels, (label) => classes.indexOf(label));
  if (texts.length !== labels.length || y.includes(-1)) {
    throw new WellspringError('refused', 'each text needs a label that is one of the classes');
  }
  const scarce = classes.find((_, c) => y.filter((label) => label === c).length < LEAST_TEXTS);
  if (scarce !== undefined) {
    throw new WellspringError('too_little_history', `fewer than ${LEAST_TEXTS} texts are labelled ${scarce}`);
  }
  return y;
}

/** The same for texts that are described already. @param x rows over all buckets of the plan */
export function trainOn(
  x: SparseMatrix,
  y: Float64Array,
  classes: readonly string[],
  settings: TextSettings,
  { seed, onProgress }: Pick<TextTask, 'seed' | 'onProgress'>,
): TextModel {
  const [split] = stratifiedFolds(y, 5, seed);
  if (!split) throw new RangeError('no split');
  onProgress?.('calibrating on a fifth that is held out');
  const part = score(takeSparse(x, split.train), takeValues(y, split.train), classes.length, settings);
  const heldOut = takeSparse(x, split.test);
  const sharpness = sharpen(scoresOf(heldOut, part), takeValues(y, split.test), classes.length);
  onProgress?.('training on all texts');
  const whole = score(x, y, classes.length, settings);
  const { steps, converged } = whole;
  const fit = { texts: x.rows, steps, converged, sharpness };
  const intercepts = Float32Array.from(whole.intercepts, (value) => value * sharpness);
  return {
    plan: settings.plan,
    classes,
    ...quantise(whole.theta, classes.length, sharpness),
    intercepts,
    fit,
  };
}

interface Scored {
  /** columns x classes. */
  readonly theta: Float64Array;
  readonly intercepts: Float64Array;
  readonly steps: number;
  readonly converged: boolean;
}

const MAX_STEPS = 150;
/** Of the largest entry of the gradient, per text: far below what moves a prediction. */
const TOLERANCE = 1e-4;

/** Regression and naive Bayes, each in units of its mean size of score on the training texts. */
function score(x: SparseMatrix, y: Float64Array, classes: number, settings: TextSettings): Scored {
  const { dense, bucketOfColumn } = used(x, settings.least);
  const counts = countTerms(dense, y, classes);
  const scales = settings.weighting === 'idf' ? inverseFrequency(counts) : bayesRatio(counts);
  const weights = balanced(y, classes, settings.balance);
  const regression = regress({ x: dense, y, weights, outputs: classes, ridge: settings.ridge }, scales);
  const words = bucketOfColumn.filter((bucket) => bucket < x.columns / 2).length;
  const bayes = bayesScores(counts, words);
  const none = new Float64Array(classes);
  const sizes = [regression, { theta: bayes, intercepts: none }].map((part) => size(scoresOf(dense, part)));
  const [ours = 1, theirs = 1] = sizes;
  const [share, other] = [(1 - settings.bayes) / ours, settings.bayes / theirs];
  const theta = new Float64Array(x.columns * classes);
  for (const [column, bucket] of bucketOfColumn.entries()) {
    for (let c = 0; c < classes; c++) {
      const at = column * classes + c;
      theta[bucket * classes + c] = share * (regression.theta[at] ?? 0) + other * (bayes[at] ?? 0);
    }
  }
  return { ...regression, theta, intercepts: regression.intercepts.map((value) => value * share) };
}

const size = (scores: Float64Array): number =>
  Math.max(1e-9, scores.reduce((sum, value) => sum + Math.abs(value), 0) / scores.length);

function scoresOf(
  x: SparseMatrix,
  { theta, intercepts }: Pick<Scored, 'theta' | 'intercepts'>,
): Float64Array {
  const classes = intercepts.length;
  return multiply(x, theta, classes).map((value, i) => value + (intercepts[i % classes] ?? 0));
}

/** The same rows over those columns only that occur in at least `least` rows. */
function used(x: SparseMatrix, least: number): { dense: SparseMatrix; bucketOfColumn: number[] } {
  const texts = new Int32Array(x.columns);
  for (const bucket of x.indices) texts[bucket] = (texts[bucket] ?? 0) + 1;
  const bucketOfColumn = [...texts.keys()].filter((bucket) => (texts[bucket] ?? 0) >= Math.max(1, least));
  const columnOf = new Int32Array(x.columns).fill(-1);
  bucketOfColumn.forEach((bucket, column) => (columnOf[bucket] = column));
  const starts = new Int32Array(x.rows + 1);
  const kept = new Int32Array(x.indices.length);
  let entries = 0;
  for (let row = 0; row < x.rows; row++) {
    const end = x.starts[row + 1] ?? 0;
    for (let e = x.starts[row] ?? 0; e < end; e++) {
      if ((columnOf[x.indices[e] ?? 0] ?? -1) >= 0) kept[entries++] = e;
    }
    starts[row + 1] = entries;
  }
  const indices = kept.slice(0, entries).map((e) => columnOf[x.indices[e] ?? 0] ?? 0);
  const values = Float32Array.from(kept.subarray(0, entries), (e) => x.values[e] ?? 0);
  return { dense: { rows: x.rows, columns: bucketOfColumn.length, starts, indices, values }, bucketOfColumn };
}

const balanced = (y: Float64Array, classes: number, power: number): Float64Array => {
  const perClass = new Float64Array(classes);
  for (const label of y) perClass[label] = (perClass[label] ?? 0) + 1;
  return y.map((label) => (y.length / classes / (perClass[label] ?? 1)) ** power);
};

/** Softmax regression where coefficient i is scales[i] times a parameter that is penalised. */
function regress({ ridge, ...rest }: Problem & { readonly x: SparseMatrix }, scales: Float64Array): Scored {
  const { x, outputs: classes } = rest;
  const problem = { ...rest, ridge: 0 };
  const inner = scales.length;
  const scaled = (at: Float64Array): Float64Array => at.map((value, i) => value * (scales[i] ?? 1));
  const found = minimise(
    (at) => {
      const { value, gradient } = loss(problem, scaled(at));
      let penalty = 0;
      for (let i = 0; i < inner; i++) {
        const parameter = at[i] ?? 0;
        penalty += parameter * parameter;
        gradient[i] = (gradient[i] ?? 0) * (scales[i] ?? 0) + ridge * parameter;
      }
      return { value: value + (ridge / 2) * penalty, gradient };
    },
    new Float64Array(inner + classes),
    { maxSteps: MAX_STEPS, tolerance: TOLERANCE * x.rows },
  );
  const theta = scaled(found.at);
  const { steps, converged } = found;
  return { theta: theta.slice(0, inner), intercepts: theta.slice(inner), steps, converged };
}

/** The factor on scores with the least log loss (temperature scaling, Guo and others 2017), by golden section. */
function sharpen(scores: Float64Array, y: Float64Array, classes: number): number {
  const lost = (logFactor: number): number => {
    const chances = softmax(
      scores.map((value) => value * Math.exp(logFactor)),
      classes,
    );
    return y.reduce(
      (sum, label, row) => sum - Math.log(Math.max(1e-15, chances[row * classes + label] ?? 0)),
      0,
    );
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-4, 4];
  while (high - low > 1e-3) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (lost(left) < lost(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/** Each class in 255 steps of its own. */
function quantise(
  theta: Float64Array,
  classes: number,
  sharpness: number,
): Pick<TextModel, 'theta' | 'scale'> {
  const largest = new Float64Array(classes);
  theta.forEach((value, i) => (largest[i % classes] = Math.max(largest[i % classes] ?? 0, Math.abs(value))));
  const steps = largest.map((value) => Math.max(value, 1e-9) / 127);
  return {
    theta: Int8Array.from(theta, (value, i) => Math.round(value / (steps[i % classes] ?? 1))),
    scale: Float32Array.from(steps, (step) => step * sharpness),
  };
}
