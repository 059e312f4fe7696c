/** Propensity on public data: who buys in this session, who says yes to a call, who leaves. */
import { logisticRegression } from '../../../models/linear/learners.ts';
import { averagePrecision, brier, calibrationError, rocAuc } from '../../../models/measure/binary.ts';
import { calibrated } from '../../../models/selection/calibrate.ts';
import { crossValidate, mean, type Validated } from '../../../models/selection/cross-validate.ts';
import { type EncoderPlan, withEncoder } from '../../../models/selection/encode.ts';
import { averaged } from '../../../models/selection/ensemble.ts';
import { stratifiedFolds } from '../../../models/selection/folds.ts';
import { type Learner, takeValues } from '../../../models/selection/learner.ts';
import { type Table, takeTable, withoutColumns } from '../../../models/selection/table.ts';
import { boosting, decisionTree, randomForest } from '../../../models/trees/learners.ts';
import { chooseByTime, lastPart } from './propensity-bank.ts';
import { bankMarketing, type DataSet, onlineShoppers, telcoChurn } from './propensity-data.ts';
import { speedRow } from './propensity-speed.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';

const trees: EncoderPlan = { numbers: 'keep', categories: 'target' };
// The same everywhere: usual values, not searched for on these sets.
const boosted = boosting({
  maxDepth: 4,
  rounds: 150,
  learningRate: 0.05,
  minChildWeight: 5,
  rowShare: 0.7,
  columnShare: 0.5,
});
const forest = randomForest({ trees: 100, minChildWeight: 15 });

const single = withEncoder(decisionTree({ maxDepth: 6, minChildWeight: 50 }), trees);
const boostedTables = withEncoder(boosted, trees);
const forestTables = withEncoder(forest, trees);
const linear = withEncoder(logisticRegression({ ridge: 1, errors: false }), {
  numbers: 'asinh',
  categories: 'onehot',
});
const both = averaged([boostedTables, forestTables], 'boosting and forest, averaged');
const calibratedBoosting = (['platt', 'isotonic'] as const).map((method) =>
  calibrated(boostedTables, { method, take: takeTable }),
);

/** A row of the table: its name, what is published, and what must be exceeded. */
interface Protocol {
  readonly set: string;
  readonly data: DataSet;
  readonly folds: number;
  readonly learners: readonly Learner<Table>[];
  readonly bar?: number;
}

function published(set: string, model: string, auc: number, source: string): BenchRow {
  return { set, model, metrics: { auc }, source };
}

const measures = { auc: rocAuc, ap: averagePrecision, brier };

/** Means over folds for one seed; the calibration error over all tested rows at once, as a fold is too small for it. */
function figures({ scores, predicted }: Validated, y: Float64Array): Record<string, number> {
  const means = Object.entries(scores).map(([name, values]) => [name, mean(values)]);
  const tested = Int32Array.from([...predicted.keys()].filter((row) => !Number.isNaN(predicted[row])));
  const ece = calibrationError(takeValues(y, tested), takeValues(predicted, tested));
  return { ...Object.fromEntries(means), ece };
}

function acrossFolds(protocol: Protocol, { seeds, progress }: BenchOptions): BenchRow[] {
  return protocol.learners.map((learner) => {
    const begun = performance.now();
    const runs = seeds.map((seed) => {
      const { table, y } = protocol.data;
      const folds = stratifiedFolds(y, protocol.folds, seed);
      return figures(
        crossValidate({ learner, x: table, y, take: takeTable, folds, metrics: measures, seed }),
        y,
      );
    });
    const seconds = (performance.now() - begun) / 1000;
    const row = rowOf(protocol, learner.name, runs);
    progress(
      `${protocol.set}: ${learner.name}, AUC ${row.metrics['auc']?.toFixed(4)}, ${seconds.toFixed(0)} s`,
    );
    return { ...row, seconds: seconds / seeds.length / protocol.folds };
  });
}

function rowOf(
  { set, bar }: Pick<Protocol, 'set' | 'bar'>,
  model: string,
  runs: Record<string, number>[],
): BenchRow {
  const names = [...Object.keys(measures), 'ece'];
  const of = (name: string): number[] => runs.map((run) => run[name] ?? Number.NaN);
  const spread = Object.fromEntries(names.map((name) => [name, deviation(of(name))]));
  return {
    set,
    model,
    metrics: Object.fromEntries(names.map((name) => [name, mean(of(name))])),
    ...(runs.length > 1 ? { spread } : {}),
    ...(bar === undefined ? {} : { bar: { auc: bar } }),
    source: 'ours',
  };
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

/** The choice is uncertain with so few parts, so the best few are averaged. */
const BEST = 3;

/** Trains on the first 80 % of the calls, tests on the last 20 %; plain boosting and forest stand beside what was chosen. */
function bankByTime(data: DataSet, { seeds, progress }: BenchOptions): BenchRow[] {
  const set = 'bank_marketing, by time';
  const fold = lastPart(data.table.rows);
  const best = chooseByTime(data, progress, seeds[0] ?? 0).slice(0, BEST);
  const tested = (learner: Learner<Table>): Record<string, number>[] =>
    seeds.map((seed) => {
      const trial = {
        learner,
        x: data.table,
        y: data.y,
        take: takeTable,
        folds: [fold],
        metrics: measures,
        seed,
      };
      return figures(crossValidate(trial), data.y);
    });
  const plain = [boostedTables, forestTables].map((learner) =>
    rowOf({ set }, `${learner.name}, all columns and rows alike`, tested(learner)),
  );
  const chosen = averaged(
    best.map(({ learner }) => learner),
    `average of the best ${BEST}`,
  );
  const names = best.map(({ learner, validated }) => `${learner.name} ${validated.toFixed(3)}`).join('; ');
  const note = `chosen by forward-chained AUC inside the first 80 %: ${names}`;
  return [...plain, { ...rowOf({ set, bar: 0.65 }, chosen.name, tested(chosen)), note }];
}

export const benchPropensity: BenchPart = async (options) => {
  const some = <T>(list: readonly T[]): readonly T[] => (options.quick ? list.slice(0, 1) : list);
  const all = some([boostedTables, ...calibratedBoosting, linear, single, forestTables, both]);
  const folds = options.quick ? 2 : 10;
  const shoppers = onlineShoppers(options.data);
  const early = { ...shoppers, table: withoutColumns(shoppers.table, ['PageValues']) };
  const bank = bankMarketing(options.data);
  const run = (protocol: Omit<Protocol, 'folds'>): BenchRow[] => acrossFolds({ ...protocol, folds }, options);
  const shop = 'online_shoppers';
  return [
    ...run({ set: `${shop} without PageValues`, data: early, learners: all, bar: 0.782 }),
    published(`${shop} without PageValues`, 'boosting', 0.782, 'measured beforehand with scikit-learn'),
    ...run({ set: shop, data: shoppers, learners: some([boostedTables, linear, forestTables, both]) }),
    published(shop, 'XGBoost', 0.937, 'published'),
    ...run({
      set: 'bank_marketing, random folds',
      data: bank,
      learners: some([boostedTables, linear, forestTables]),
    }),
    published('bank_marketing, random folds', 'gradient boosting', 0.806, 'published'),
    ...(options.quick ? [] : bankByTime(bank, options)),
    published('bank_marketing, by time', 'best of several', 0.65, 'published'),
    ...run({
      set: 'telco_churn',
      data: telcoChurn(options.data),
      learners: some([boostedTables, linear, single, both]),
    }),
    ...(options.quick ? [] : [speedRow()]),
  ];
};
