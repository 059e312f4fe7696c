/** bank_marketing by time: how to train is chosen inside the first 80 % of the rows, and only then is the rest looked at. */

import { logisticRegression } from '../../../models/linear/learners.ts';
import { rocAuc } from '../../../models/measure/binary.ts';
import { crossValidate, mean } from '../../../models/selection/cross-validate.ts';
import { type EncoderPlan, withEncoder } from '../../../models/selection/encode.ts';
import { type Fold, timeSplits } from '../../../models/selection/folds.ts';
import { type Learner, takeValues } from '../../../models/selection/learner.ts';
import { recencyWeighted } from '../../../models/selection/recent.ts';
import { type Table, takeTable, withoutColumns } from '../../../models/selection/table.ts';
import { boosting, randomForest } from '../../../models/trees/learners.ts';
import { kept } from './kept.ts';
import type { DataSet } from './propensity-data.ts';
import type { BenchOptions } from './row.ts';

const economy = ['emp.var.rate', 'cons.price.idx', 'cons.conf.idx', 'nr.employed'];
const columnSets = {
  'all columns': [],
  'euribor only of the economy': economy,
  'nothing of the economy': [...economy, 'euribor3m'],
};
const halfLives = [Number.POSITIVE_INFINITY, 5000, 2000];
const boosted = {
  maxDepth: 3,
  rounds: 100,
  learningRate: 0.06,
  minChildWeight: 5,
  rowShare: 0.7,
  columnShare: 0.5,
};
const keep = (categories: EncoderPlan['categories']): EncoderPlan => ({ numbers: 'keep', categories });
const learners = [
  withEncoder(boosting(boosted), keep('target')),
  withEncoder(boosting(boosted, 'gradient boosting, one-hot'), keep('onehot')),
  withEncoder(randomForest({ trees: 30, minChildWeight: 10, maxDepth: 12 }), keep('target')),
  withEncoder(logisticRegression({ ridge: 20, errors: false }), { numbers: 'asinh', categories: 'onehot' }),
];

export interface Choice {
  readonly learner: Learner<Table>;
  /** Mean AUC over the forward-chained parts. */
  readonly validated: number;
}

/** Rows up to `end` train, those from there test. */
export const lastPart = (rows: number): Fold => {
  const [fold] = timeSplits(rows, { first: 0.8, parts: 1 });
  if (!fold) throw new RangeError('no rows');
  return fold;
};

/** Every combination of columns, memory and family, best first by forward-chained validation on the given rows alone. */
export async function chooseByTime(data: DataSet, options: BenchOptions): Promise<Choice[]> {
  const { train } = lastPart(data.table.rows);
  const x = takeTable(data.table, train);
  const y = takeValues(data.y, train);
  const folds = timeSplits(x.rows, { first: 0.6, parts: 4 });
  const seed = options.seeds[0] ?? 0;
  const choices: Choice[] = [];
  for (const learner of candidates()) {
    const name = `bank_marketing, forward-chained, seed ${seed}: ${learner.name}`;
    const { metrics } = await kept(options, name, [boosted, x.rows, folds.length], () => {
      const begun = performance.now();
      const trial = { learner, x, y, take: takeTable, folds, metrics: { auc: rocAuc }, seed };
      const scores = crossValidate(trial).scores['auc'] ?? [];
      options.progress(`${name} ${scores.map((auc) => auc.toFixed(3)).join(' ')}`);
      return { metrics: { auc: mean(scores) }, seconds: (performance.now() - begun) / 1000 };
    });
    choices.push({ learner, validated: metrics['auc'] ?? Number.NaN });
  }
  return choices.sort((a, b) => b.validated - a.validated);
}

function candidates(): Learner<Table>[] {
  return Object.entries(columnSets).flatMap(([set, dropped]) =>
    halfLives.flatMap((halfLife) =>
      learners.map((learner) =>
        without(recencyWeighted(learner, halfLife), dropped, `${set}, ${memory(halfLife)}`),
      ),
    ),
  );
}

const memory = (halfLife: number): string =>
  Number.isFinite(halfLife) ? `half-life ${halfLife} rows` : 'all rows alike';

const without = (learner: Learner<Table>, dropped: readonly string[], what: string): Learner<Table> => ({
  name: `${learner.name} (${what})`,
  fit(table, y, options) {
    const fitted = learner.fit(withoutColumns(table, dropped), y, options);
    return { predict: (rows) => fitted.predict(rows) };
  },
});
