/** Sentiment and topic of texts on public data, English and Chinese. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { takeSparse } from '../../../models/linear/rows.ts';
import { stratifiedFolds } from '../../../models/selection/folds.ts';
import { takeValues } from '../../../models/selection/learner.ts';
import { evaluateChances } from '../../../models/text/evaluate.ts';
import { matrixOf } from '../../../models/text/features.ts';
import { predictRows } from '../../../models/text/model.ts';
import { type TextSettings, textSettings, trainOn } from '../../../models/text/train.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';
import { airlineTweets, chineseReviews, type LabelledTexts, sst2 } from './text-sets.ts';

/**
 * The same for all sets of a language. Those for English were looked for on sst2 without its test part and on one inner fold
 * of airline_tweets; those for Chinese were looked for on a few texts, and made lighter when full runs took too long. The share of naive Bayes is chosen while
 * training, on training texts.
 */
const english: TextSettings = { ...textSettings, plan: { buckets: 2 ** 20, words: 2, letters: [2, 5] } };
const chinese: TextSettings = {
  ...textSettings,
  plan: { buckets: 2 ** 20, words: 3, letters: [2, 5] },
  least: 5,
};

type Metrics = Record<string, number>;
const recordsSchema = z.record(z.string(), z.record(z.string(), z.number()));

/** Remembers what was measured, by what was asked, so that an interrupted run goes on. */
class Records {
  readonly #file: string;
  readonly #known: Record<string, Metrics>;

  constructor({ scratch, quick }: BenchOptions) {
    this.#file = join(scratch, quick ? 'text-quick.json' : 'text.json');
    this.#known = existsSync(this.#file)
      ? recordsSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
      : {};
  }

  measure(key: string, how: () => Metrics): Metrics {
    const found = (this.#known[key] ??= how());
    writeFileSync(this.#file, JSON.stringify(this.#known));
    return found;
  }
}

export const benchText: BenchPart = async (options) => {
  const records = new Records(options);
  const { data } = options;
  const few = (all: LabelledTexts): LabelledTexts => (options.quick ? sample(all) : all);
  const zh = chineseReviews(data);
  return [
    published('sst2', 'naive Bayes, words and pairs', { accuracy: 0.8254 }, 'design bar'),
    heldOut(records, options, few(sst2(data, 'train')), few(sst2(data, 'test'))),
    published('airline_tweets', 'baseline', { accuracy: 0.8016, macroF1: 0.7483 }, 'design bar'),
    {
      ...folds(records, options, 'airline_tweets', few(airlineTweets(data)), { ...english, least: 2 }),
      bar: { accuracy: 0.8016, macroF1: 0.7483 },
    },
    folds(records, options, 'online_shopping_7_cats_zh, sentiment', few(zh.sentiment), chinese),
    folds(records, options, 'online_shopping_7_cats_zh, topic', few(zh.topic), chinese),
  ];
};

const published = (set: string, model: string, metrics: Metrics, source: string): BenchRow => ({
  set,
  model,
  metrics,
  source,
});

/** Every n-th text, about 1,500. */
function sample({ texts, labels, classes }: LabelledTexts): LabelledTexts {
  const every = Math.ceil(texts.length / 1500);
  const taken = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % every === 0);
  return { texts: taken(texts), labels: taken(labels), classes };
}

const targets = ({ labels, classes }: LabelledTexts): Float64Array =>
  Float64Array.from(labels, (label) => classes.indexOf(label));

const MODEL = 'n-grams, regression and naive Bayes';

function heldOut(
  records: Records,
  options: BenchOptions,
  train: LabelledTexts,
  test: LabelledTexts,
): BenchRow {
  const perSeed = options.seeds.map((seed) =>
    records.measure(JSON.stringify(['sst2', seed, english]), () => {
      const start = performance.now();
      const model = trainOn(matrixOf(train.texts, english.plan), targets(train), train.classes, english, {
        seed,
      });
      const seconds = (performance.now() - start) / 1000;
      const chances = predictRows(model, matrixOf(test.texts, english.plan));
      const measured = { ...evaluateChances(chances, targets(test), 2), bayes: model.fit.bayes, seconds };
      options.progress(`sst2 ${line(measured)}`);
      return measured;
    }),
  );
  return { ...rowOf('sst2', perSeed), bar: { accuracy: 0.8254 } };
}

/** Stratified 5-fold: trained on four parts, measured on all texts by models that had not seen them. */
function folds(
  records: Records,
  options: BenchOptions,
  set: string,
  all: LabelledTexts,
  settings: TextSettings,
): BenchRow {
  const x = matrixOf(all.texts, settings.plan);
  const y = targets(all);
  const perSeed = options.seeds.map((seed) => {
    const parts = stratifiedFolds(y, 5, seed).map(({ train, test }, fold) =>
      records.measure(JSON.stringify([set, seed, fold, settings]), () => {
        const start = performance.now();
        const model = trainOn(takeSparse(x, train), takeValues(y, train), all.classes, settings, { seed });
        const seconds = (performance.now() - start) / 1000;
        const chances = predictRows(model, takeSparse(x, test));
        const measured = evaluateChances(chances, takeValues(y, test), all.classes.length);
        const result = { ...measured, bayes: model.fit.bayes, seconds };
        options.progress(`${set} fold ${fold + 1} of 5 ${line(result)}`);
        return result;
      }),
    );
    return meanOf(parts);
  });
  return rowOf(set, perSeed);
}

const line = (metrics: Metrics): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');

function meanOf(list: readonly Metrics[]): Metrics {
  const mean = (name: string): number => list.reduce((sum, one) => sum + (one[name] ?? 0), 0) / list.length;
  return Object.fromEntries(Object.keys(list[0] ?? {}).map((name) => [name, mean(name)]));
}

function rowOf(set: string, perSeed: readonly Metrics[]): BenchRow {
  const { seconds = 0, ...metrics } = meanOf(perSeed);
  const deviation = (name: string): number =>
    Math.sqrt(
      perSeed.reduce((sum, one) => sum + ((one[name] ?? 0) - (metrics[name] ?? 0)) ** 2, 0) /
        Math.max(1, perSeed.length - 1),
    );
  const row = { set, model: MODEL, metrics, seconds, source: 'ours' };
  if (perSeed.length < 2) return row;
  return { ...row, spread: Object.fromEntries(Object.keys(metrics).map((name) => [name, deviation(name)])) };
}
