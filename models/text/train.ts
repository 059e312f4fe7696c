/** Trains a text classifier: softmax regression over hashed n-grams, mixed with naive Bayes. */
import { WellspringError } from '../../domain/errors.ts';
import { softmax } from '../linear/model.ts';
import { type SparseMatrix, takeSparse } from '../linear/rows.ts';
import { stratifiedFolds } from '../selection/folds.ts';
import { takeValues } from '../selection/learner.ts';
import { matrixOf } from './features.ts';
import { type FitSettings, fitParts, mix, scoresOf } from './fit.ts';
import type { TextModel } from './model.ts';
import { type FeaturePlan, featurePlan } from './terms.ts';

export interface TextSettings extends FitSettings {
  readonly plan: FeaturePlan;
  /**
   * Shares of naive Bayes over words in the score, 0 to 1, to choose from on texts that are held out: it learns more from
   * few texts, regression more from many.
   */
  readonly bayes: readonly number[];
}

export const textSettings: TextSettings = {
  plan: featurePlan,
  weighting: 'bayes',
  ridge: 0.2,
  least: 1,
  bayes: [0, 0.25, 0.5, 0.75],
};

export interface TextTask {
  readonly texts: readonly string[];
  /** Of each text. */
  readonly labels: readonly string[];
  /** In the order of the answers. */
  readonly classes: readonly string[];
  readonly settings?: Partial<TextSettings>;
  /** Decides which texts are held out to calibrate on. */
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
  onProgress?.('calibrating on a fifth that is held out');
  const { share, sharpness } = calibrated(x, y, classes.length, settings, seed);
  onProgress?.('training on all texts');
  const parts = fitParts(x, y, classes.length, settings);
  const { theta, intercepts } = mix(parts, share, x.columns);
  const { steps, converged } = parts;
  return {
    plan: settings.plan,
    classes,
    ...quantise(theta, classes.length, sharpness),
    intercepts: Float32Array.from(intercepts, (value) => value * sharpness),
    fit: { texts: x.rows, steps, converged, bayes: share, sharpness },
  };
}

interface Calibration {
  readonly share: number;
  readonly sharpness: number;
}

/** The share of naive Bayes, and the factor on scores, with the least log loss on a fifth that is held out. */
function calibrated(
  x: SparseMatrix,
  y: Float64Array,
  classes: number,
  settings: TextSettings,
  seed: number,
): Calibration {
  const [split] = stratifiedFolds(y, 5, seed);
  if (!split) throw new RangeError('no split');
  const parts = fitParts(takeSparse(x, split.train), takeValues(y, split.train), classes, settings);
  const heldOut = takeSparse(x, split.test);
  const truth = takeValues(y, split.test);
  const tried = settings.bayes.map((share) => ({
    share,
    ...sharpen(scoresOf(heldOut, mix(parts, share, x.columns)), truth, classes),
  }));
  const best = tried.sort((a, b) => a.lost - b.lost)[0];
  if (!best) throw new WellspringError('refused', 'no share of naive Bayes to choose from');
  return best;
}

/** The factor with the least log loss (temperature scaling, Guo and others 2017), by golden section. */
function sharpen(
  scores: Float64Array,
  y: Float64Array,
  classes: number,
): { sharpness: number; lost: number } {
  const lost = (power: number): number => {
    const factor = Math.exp(power);
    const chances = softmax(
      scores.map((value) => value * factor),
      classes,
    );
    return y.reduce((sum, c, row) => sum - Math.log(Math.max(1e-15, chances[row * classes + c] ?? 0)), 0);
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-4, 4];
  while (high - low > 1e-3) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (lost(left) < lost(right)) high = right;
    else low = left;
  }
  const power = (low + high) / 2;
  return { sharpness: Math.exp(power), lost: lost(power) };
}

/** Each class in 255 steps of its own. */
function quantise(
  theta: Float64Array,
  classes: number,
  sharpness: number,
): Pick<TextModel, 'theta' | 'scale'> {
  const largest = new Float64Array(classes);
  theta.forEach((value, i) => {
    largest[i % classes] = Math.max(largest[i % classes] ?? 0, Math.abs(value));
  });
  const steps = largest.map((value) => Math.max(value, 1e-9) / 127);
  return {
    theta: Int8Array.from(theta, (value, i) => Math.round(value / (steps[i % classes] ?? 1))),
    scale: Float32Array.from(steps, (step) => step * sharpness),
  };
}
