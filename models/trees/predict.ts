/** Rows to scores and predictions. */
import { WellspringError } from '../../domain/errors.ts';
import type { Matrix } from '../selection/learner.ts';
import type { TreeModel } from './model.ts';
import { addScores } from './tree.ts';

/** @throws WellspringError `refused` for a matrix of another width than the model was trained on. */
export function checkColumns(model: TreeModel, x: Matrix): void {
  if (x.columns !== model.columns || x.data.length !== x.rows * x.columns) {
    throw new WellspringError(
      'refused',
      `the model was trained on ${model.columns} columns, not ${x.columns}`,
    );
  }
}

/**
 * rows x outputs, before the link.
 * @throws WellspringError `refused` for a matrix of another width.
 */
export function predictScores(model: TreeModel, x: Matrix): Float64Array {
  checkColumns(model, x);
  const scores = new Float64Array(x.rows * model.outputs);
  for (let row = 0; row < x.rows; row++) scores.set(model.base, row * model.outputs);
  for (const tree of model.trees) addScores(tree, x, scores, model.outputs);
  return scores;
}

/** rows x outputs: a probability of class 1, probabilities per class, or a number. */
export function predict(model: TreeModel, x: Matrix): Float64Array {
  return link(model, predictScores(model, x));
}

/** Scores to predictions; the array may be changed. */
export function link({ link: name, outputs }: TreeModel, scores: Float64Array): Float64Array {
  if (name === 'logistic') return scores.map(logistic);
  if (name === 'clip') return scores.map((score) => Math.min(1, Math.max(0, score)));
  if (name === 'softmax') {
    for (let at = 0; at < scores.length; at += outputs) softmax(scores.subarray(at, at + outputs));
  }
  return scores;
}

export const logistic = (score: number): number => 1 / (1 + Math.exp(-score));

/** In place. */
export function softmax(scores: Float64Array): void {
  const highest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let k = 0; k < scores.length; k++) total += scores[k] = Math.exp((scores[k] ?? 0) - highest);
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] ?? 0) / total;
}
