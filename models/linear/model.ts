/** A trained linear model and what it answers. */
import { WellspringError } from '../../domain/errors.ts';
import { linearContributions } from '../selection/contributions.ts';
import type { Matrix } from '../selection/learner.ts';
import { checkRows, multiply, type Rows } from './rows.ts';

export interface LinearModel {
  /** Link from score to prediction: none, sigmoid, or softmax. */
  readonly kind: 'linear' | 'logistic' | 'softmax';
  readonly columns: number;
  /** Scores per row: the classes of a softmax model, otherwise 1. */
  readonly outputs: number;
  /** columns x outputs, row-major, in units of the columns. */
  readonly theta: Float64Array;
  /** One per output. */
  readonly intercepts: Float64Array;
  /** Of the columns over the training rows. */
  readonly means: Float64Array;
  /** Absent where it was not asked for, or rows are sparse. */
  readonly uncertainty?: Uncertainty;
  readonly fit: FitReport;
}

export interface Uncertainty {
  /** Standard errors: (columns + 1) x outputs, row-major, intercepts last. 0 for a column that did not vary. */
  readonly errors: Float64Array;
  /** Of Student's t for `linear`; Infinity, which is the normal distribution, otherwise. */
  readonly degreesOfFreedom: number;
}

export interface FitReport {
  readonly rows: number;
  readonly steps: number;
  readonly converged: boolean;
  /** The penalty that was used, which is not what was asked for where classes are separated. */
  readonly ridge: number;
  /** Whether columns tell classes apart without error, so that coefficients without a penalty have no end. */
  readonly separated: boolean;
  /** One sentence. */
  readonly says: string;
}

/** rows x outputs scores, before the link. @throws WellspringError `refused` for other columns or numbers not finite. */
export function scores(model: LinearModel, x: Rows): Float64Array {
  if (x.columns !== model.columns) {
    throw new WellspringError('refused', `the model has ${model.columns} columns, the rows ${x.columns}`);
  }
  checkRows(x);
  const out = multiply(x, model.theta, model.outputs);
  for (let i = 0; i < out.length; i++) {
    out[i] = (out[i] ?? 0) + (model.intercepts[i % model.outputs] ?? 0);
  }
  return out;
}

/** Value, probability of class 1, or rows x classes probabilities. @throws as `scores` does. */
export function predict(model: LinearModel, x: Rows): Float64Array {
  const raw = scores(model, x);
  if (model.kind === 'linear') return raw;
  return model.kind === 'logistic' ? raw.map(sigmoid) : softmax(raw, model.outputs);
}

export const sigmoid = (score: number): number =>
  score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score));

/** exp(score) / Z for each row of `outputs` scores. */
export function softmax(raw: Float64Array, outputs: number): Float64Array {
  const out = new Float64Array(raw.length);
  for (let from = 0; from < raw.length; from += outputs) {
    let top = Number.NEGATIVE_INFINITY;
    for (let o = 0; o < outputs; o++) top = Math.max(top, raw[from + o] ?? 0);
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += out[from + o] = Math.exp((raw[from + o] ?? 0) - top);
    for (let o = 0; o < outputs; o++) out[from + o] = (out[from + o] ?? 0) / sum;
  }
  return out;
}

/**
 * theta * (x - mean) towards one output; base + sum = score.
 * @param output the class, for softmax
 */
export function contributions(
  model: LinearModel,
  x: Matrix,
  output = 0,
): ReturnType<typeof linearContributions> {
  const theta = model.theta.filter((_, at) => at % model.outputs === output);
  return linearContributions(theta, model.intercepts[output] ?? 0, model.means, x);
}
