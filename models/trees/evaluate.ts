/** How well a tree model does on rows that it had not seen. */
import { evaluateClasses } from '../linear/evaluate.ts';
import { brier, calibrationError, logLoss, rocAuc } from '../measure/binary.ts';
import { meanAbsoluteError, rootMeanSquaredError } from '../measure/regression.ts';
import type { Matrix } from '../selection/learner.ts';
import type { TreeModel } from './model.ts';
import { predict } from './predict.ts';

/**
 * Binary: auc, logLoss, brier, ece. Classes: accuracy, macroF1, logLoss. Number: mae, rmse.
 * @throws WellspringError `refused` for rows that do not fit, or outcomes without which a measure has no value.
 */
export function evaluate(model: TreeModel, x: Matrix, y: Float64Array): Record<string, number> {
  const predicted = predict(model, x);
  if (model.outputs > 1) return evaluateClasses(predicted, y, model.outputs);
  if (model.link === 'identity') {
    return { mae: meanAbsoluteError(y, predicted), rmse: rootMeanSquaredError(y, predicted) };
  }
  return {
    auc: rocAuc(y, predicted),
    logLoss: logLoss(y, predicted),
    brier: brier(y, predicted),
    ece: calibrationError(y, predicted),
  };
}
