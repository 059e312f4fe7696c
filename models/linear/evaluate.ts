/** How well a linear model does on rows that it had not seen. */
import { brier, calibrationError, logLoss, rocAuc } from '../measure/binary.ts';
import { accuracy, confusion, macroF1 } from '../measure/classes.ts';
import { meanAbsoluteError, rootMeanSquaredError } from '../measure/regression.ts';
import { type LinearModel, predict } from './model.ts';
import type { Rows } from './rows.ts';

/**
 * `linear`: mae, rmse. `logistic`: auc, logLoss, brier, ece. `softmax`: accuracy, macroF1, logLoss.
 * @throws WellspringError `refused` for rows that do not fit, or outcomes without which a measure has no value.
 */
export function evaluate(model: LinearModel, x: Rows, y: Float64Array): Record<string, number> {
  const predicted = predict(model, x);
  if (model.kind === 'logistic') {
    return {
      auc: rocAuc(y, predicted),
      logLoss: logLoss(y, predicted),
      brier: brier(y, predicted),
      ece: calibrationError(y, predicted),
    };
  }
  if (model.kind === 'softmax') return evaluateClasses(predicted, y, model.outputs);
  return { mae: meanAbsoluteError(y, predicted), rmse: rootMeanSquaredError(y, predicted) };
}

/** The most probable class of each row; of equal ones the first. @param chances rows x classes */
export function likeliest(chances: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: chances.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((chances[row * classes + c] ?? 0) > (chances[row * classes + best] ?? 0)) best = c;
    }
    return best;
  });
}

const LEAST = 1e-15;

/** @param chances rows x classes */
export function evaluateClasses(
  chances: Float64Array,
  y: Float64Array,
  classes: number,
): { accuracy: number; macroF1: number; logLoss: number } {
  const counts = confusion(y, likeliest(chances, classes), classes);
  const lost = y.reduce((sum, c, row) => sum - Math.log(Math.max(LEAST, chances[row * classes + c] ?? 0)), 0);
  return { accuracy: accuracy(counts), macroF1: macroF1(counts), logLoss: lost / y.length };
}
