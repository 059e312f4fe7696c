/** Tree models behind the interface of model selection. */
import type { Learner, Matrix } from '../selection/learner.ts';
import { trainBoosting } from './boosting.ts';
import { trainForest, trainTree } from './forest.ts';
import type { TreeModel } from './model.ts';
import { predict } from './predict.ts';
import type { BoostingSettings, ForestSettings, TreeSettings } from './settings.ts';

/** A fitted tree model also shows what it holds, for export and contributions. */
export interface FittedTrees {
  readonly model: TreeModel;
  predict(x: Matrix): Float64Array;
}

interface TreeLearner extends Learner {
  fit(...args: Parameters<Learner['fit']>): FittedTrees;
}

const fitted = (model: TreeModel): FittedTrees => ({ model, predict: (x) => predict(model, x) });

export const decisionTree = (settings: Partial<TreeSettings> = {}, name = 'decision tree'): TreeLearner => ({
  name,
  fit: (x, y, options) => fitted(trainTree(x, y, settings, options)),
});

export const randomForest = (
  settings: Partial<ForestSettings> = {},
  name = 'random forest',
): TreeLearner => ({
  name,
  fit: (x, y, options) => fitted(trainForest(x, y, settings, options)),
});

export const boosting = (
  settings: Partial<BoostingSettings> = {},
  name = 'gradient boosting',
): TreeLearner => ({
  name,
  fit: (x, y, options) => fitted(trainBoosting(x, y, settings, options)),
});
