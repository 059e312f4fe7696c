/** Propensity on public data: who buys in this session, who says yes to a call, who leaves. */
import { logisticRegression } from '../../../models/linear/learners.ts';
import { averagePrecision, brier, calibrationError, rocAuc } from '../../../models/measure/binary.ts';
import { calibrated } from '../../../models/selection/calibrate.ts';
import { crossValidate, mean, type Validated } from '../../../models/selection/cross-validate.ts';
import { type EncoderPlan, withEncoder } from '../../../models/selection/encode.ts';
import { averaged } from '../../../models/selection/ensemble.ts';
import { type Fold, stratifiedFolds } from '../../../models/selection/folds.ts';
import { type Learner, takeValues } from '../../../models/selection/learner.ts';
import { type Table, takeTable, withoutColumns } from '../../../models/selection/table.ts';
import { boosting, decisionTree, randomForest } from '../../../models/trees/learners.ts';
import { type Kept, kept, overSeeds } from './kept.ts';
import { chooseByTime, lastPart } from './propensity-bank.ts';
import { bankMarketing, type DataSet, onlineShoppers, telcoChurn } from './propensity-data.ts';
import { speedRow } from './propensity-speed.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';

const trees: EncoderPlan = { numbers: 'keep', categories: 'target' };
// The same everywhere: usual values, not searched for on these sets.
const SETTINGS = {
  boosted: {
    maxDepth: 4,
    rounds: 150,
    learningRate: 0.05,
    minChildWeight: 5,
    rowShare: 0.7,
    columnShare: 0.5,
  },
  forest: { trees: 100, minChildWeight: 15 },
};
const boosted = boosting(SETTINGS.boosted);
const forest = randomForest(SETTINGS.forest);

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
  const seen = Int32Array.from([...predicted.keys()].filter((row) => !Number.isNaN(predicted[row])));
  const ece = calibrationError(takeValues(y, seen), takeValues(predicted, seen));
  return { ...Object.fromEntries(means), ece };
}

async function acrossFolds(protocol: Protocol, options: BenchOptions): Promise<BenchRow[]> {
  const { set, data, folds, learners, bar } = protocol;
  const rows: BenchRow[] = [];
  for (const learner of learners) {
    const runs: Kept[] = [];
    for (const seed of options.seeds) {
      const parts = stratifiedFolds(data.y, folds, seed);
      runs.push(await tested(`${set} ${learner.name} seed ${seed}`, learner, { data, parts, seed }, options));
    }
    rows.push({
      set,
      model: learner.name,
      ...overSeeds(runs),
      ...(bar && { bar: { auc: bar } }),
      source: 'ours',
    });
  }
  return rows;
}

interface Tested {
  readonly data: DataSet;
  readonly parts: readonly Fold[];
  readonly seed: number;
}

/** Figures of one learner with one seed, and the seconds for one fold. */
function tested(
  name: string,
  learner: Learner<Table>,
  { data: { table, y }, parts, seed }: Tested,
  options: BenchOptions,
): Promise<Kept> {
  const columns = table.columns.map((column) => column.name);
  return kept(options, name, [SETTINGS, columns, y.length, parts.length], () => {
    const begun = performance.now();
    const trial = { learner, x: table, y, take: takeTable, folds: parts, metrics: measures, seed };
    const metrics = figures(crossValidate(trial), y);
    const seconds = (performance.now() - begun) / 1000;
    options.progress(`${name}: AUC ${metrics['auc']?.toFixed(4)}, ${seconds.toFixed(0)} s`);
    return { metrics, seconds: seconds / parts.length };
  });
}

/** The choice is uncertain with so few parts, so the best few are averaged. */
const BEST = 3;

/** Trains on the first 80 % of the calls, tests on the last 20 %; plain boosting and forest stand beside what was chosen. */
async function bankByTime(data: DataSet, options: BenchOptions): Promise<BenchRow[]> {
  const set = 'bank_marketing, by time';
  const parts = [lastPart(data.table.rows)];
  const best = (await chooseByTime(data, options)).slice(0, BEST);
  const rowOf = async (learner: Learner<Table>, model: string): Promise<BenchRow> => {
    const runs: Kept[] = [];
    for (const seed of options.seeds)
      runs.push(await tested(`${set} ${model} seed ${seed}`, learner, { data, parts, seed }, options));
    return { set, model, ...overSeeds(runs), source: 'ours' };
  };
  const rows: BenchRow[] = [];
  for (const learner of [boostedTables, forestTables])
    rows.push(await rowOf(learner, `${learner.name}, all columns and rows alike`));
  const chosen = averaged(
    best.map(({ learner }) => learner),
    `average of the best ${BEST}`,
  );
  const names = best.map(({ learner, validated }) => `${learner.name} ${validated.toFixed(3)}`).join('; ');
  const note = `chosen by forward-chained AUC inside the first 80 %: ${names}`;
  return [...rows, { ...(await rowOf(chosen, chosen.name)), bar: { auc: 0.65 }, note }];
}

export const benchPropensity: BenchPart = async (options) => {
  const some = <T>(list: readonly T[]): readonly T[] => (options.quick ? list.slice(0, 1) : list);
  const all = some([boostedTables, ...calibratedBoosting, linear, single, forestTables, both]);
  const folds = options.quick ? 2 : 10;
  const shoppers = onlineShoppers(options.data);
  const early = { ...shoppers, table: withoutColumns(shoppers.table, ['PageValues']) };
  const bank = bankMarketing(options.data);
  const run = (protocol: Omit<Protocol, 'folds'>): Promise<BenchRow[]> =>
    acrossFolds({ ...protocol, folds }, options);
  const shop = 'online_shoppers';
  return [
    ...(await run({ set: `${shop} without PageValues`, data: early, learners: all, bar: 0.782 })),
    published(`${shop} without PageValues`, 'boosting', 0.782, 'measured beforehand with scikit-learn'),
    ...(await run({
      set: shop,
      data: shoppers,
      learners: some([boostedTables, linear, forestTables, both]),
    })),
    published(shop, 'XGBoost', 0.937, 'published'),
    ...(await run({
      set: 'bank_marketing, random folds',
      data: bank,
      learners: some([boostedTables, linear, forestTables]),
    })),
    published('bank_marketing, random folds', 'gradient boosting', 0.806, 'published'),
    ...(options.quick ? [] : await bankByTime(bank, options)),
    published('bank_marketing, by time', 'best of several', 0.65, 'published'),
    ...(await run({
      set: 'telco_churn',
      data: telcoChurn(options.data),
      learners: some([boostedTables, linear, single, both]),
    })),
    ...(options.quick ? [] : [speedRow()]),
  ];
};
