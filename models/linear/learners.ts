/** Linear models behind the interface of model selection. */
import type { Learner, Matrix } from '../selection/learner.ts';
import { type ClassificationSettings, trainLogistic, trainSoftmax } from './classification.ts';
import { type LinearModel, predict } from './model.ts';
import { type RegressionSettings, trainLinear } from './regression.ts';
import type { Rows } from './rows.ts';

/** A fitted linear model also shows what it holds, for export, intervals and contributions. */
export interface FittedLinear<X extends Rows = Matrix> {
  readonly model: LinearModel;
  predict(x: X): Float64Array;
}

const fitted = <X extends Rows>(model: LinearModel): FittedLinear<X> => ({
  model,
  predict: (x) => predict(model, x),
});

/** `X`: `Matrix`, or `SparseMatrix`. */
export interface LinearLearner<X extends Rows = Matrix> extends Learner<X> {
  fit(...args: Parameters<Learner<X>['fit']>): FittedLinear<X>;
}

export const linearRegression = (
  settings: RegressionSettings = {},
  name = 'linear regression',
): LinearLearner => ({
  name,
  fit: (x, y, options) => fitted(trainLinear(x, y, settings, options)),
});

export const logisticRegression = <X extends Rows = Matrix>(
  settings: ClassificationSettings = {},
  name = 'logistic regression',
): LinearLearner<X> => ({
  name,
  fit: (x, y, options) => fitted(trainLogistic(x, y, settings, options)),
});

/** For three classes or more: a softmax over two would answer twice as many numbers as a binary learner must. */
export const softmaxRegression = <X extends Rows = Matrix>(
  classes: number,
  settings: ClassificationSettings = {},
  name = 'softmax regression',
): LinearLearner<X> => ({
  name,
  fit: (x, y, options) => fitted(trainSoftmax(x, y, classes, settings, options)),
});
