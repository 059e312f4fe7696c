/** The behaviour network alone on public sessions and user sequences. */

import { openSessions } from '../../../models/behaviour/predict.ts';
import { eachRank, rankNext } from '../../../models/behaviour/rank.ts';
import type { Scorer } from '../../../models/behaviour/scorer.ts';
import { defaultSessions, type SessionsConfig } from '../../../models/behaviour/train-sessions.ts';
import { Ranking } from '../../../models/measure/ranking.ts';
import { runFile, runSessions } from './behaviour-runs.ts';
import { sessionSettings, shortened, trainedSession } from './behaviour-sets.ts';
import { overSeeds } from './kept.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';
import { sequenceSet } from './sequence-sets.ts';
import { type NextCase, sampleOf, sessionSet } from './session-sets.ts';

/** Chosen on the second last items. */
export const sequenceSettings: Readonly<Record<string, { config: SessionsConfig; bar: BenchRow['bar'] }>> = {
  amazon_beauty: {
    config: sequenceConfig({ scale: 10, epochs: 16, patience: 3 }),
    bar: { 'HR@10': 0.0647, 'NDCG@10': 0.0327 },
  },
  lastfm: {
    // A thousand users: an epoch is little.
    config: sequenceConfig({ scale: 8, epochs: 40, patience: 8 }),
    bar: { 'HR@10': 0.0743, 'NDCG@10': 0.0427 },
  },
};

function sequenceConfig(chosen: { scale: number; epochs: number; patience: number }): SessionsConfig {
  const { scale, ...training } = chosen;
  return {
    network: { ...defaultSessions.network, heads: 2, length: 50, scale },
    training: { ...defaultSessions.training, ...training, dropout: 0.5, repeats: false },
  };
}

export const benchBehaviour: BenchPart = async (options) => [
  ...(await each(Object.keys(sessionSettings), (name) => sessionRows(name, options))),
  ...(await each(Object.keys(sequenceSettings), (name) => sequenceRows(name, options))),
];

async function each(
  names: readonly string[],
  rows: (name: string) => Promise<BenchRow[]>,
): Promise<BenchRow[]> {
  const all: BenchRow[] = [];
  for (const name of names) all.push(...(await rows(name)));
  return all;
}

async function sessionRows(name: string, options: BenchOptions): Promise<BenchRow[]> {
  const set = sessionSet(options.data, name, options.quick ? 0.02 : 1);
  if (!set) return [absent(name)];
  const runs: { metrics: Record<string, number>; seconds: number }[] = [];
  for (const seed of options.seeds) {
    const { validation, test } = await trainedSession(name, set, options, seed);
    const model = openSessions(test.trained);
    const cases = options.quick ? sampleOf(set.test.cases, 500) : set.test.cases;
    runs.push({
      metrics: await sessionFigures(model.scorer, cases, set.test.items),
      seconds: validation.seconds + test.seconds,
    });
    await model.scorer.release();
  }
  return [{ set: name, model: MODEL, source: 'ours', ...overSeeds(runs), note: ALONE }];
}

const MODEL = 'behaviour transformer';
const ALONE = 'alone; what is served is its blend with neighbours, which the bar is for';

const absent = (set: string): BenchRow => ({
  set,
  model: MODEL,
  metrics: {},
  source: 'ours',
  note: 'not run: the data set is not there',
});

/** Percent; new and repeated targets apart. */
async function sessionFigures(
  scorer: Scorer,
  cases: readonly NextCase[],
  items: number,
): Promise<Record<string, number>> {
  const parts = { '': new Ranking(20), 'new ': new Ranking(20), 'repeated ': new Ranking(20) };
  await eachRank(scorer, cases, { items, repeats: true }, (one, rank) => {
    parts[''].add(rank);
    parts[one.prefix.includes(one.next) && one.next >= 0 ? 'repeated ' : 'new '].add(rank);
  });
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, ranking]) => [
      [`${name}P@20`, 100 * ranking.hitRate],
      [`${name}MRR@20`, 100 * ranking.reciprocalRank],
    ]),
  );
}

export async function sequenceRows(name: string, options: BenchOptions): Promise<BenchRow[]> {
  const set = sequenceSet(options.data, name, options.quick ? 500 : Number.POSITIVE_INFINITY);
  const settings = sequenceSettings[name];
  if (!set || !settings) return [absent(name)];
  const runs: { metrics: Record<string, number>; seconds: number }[] = [];
  for (const seed of options.seeds) {
    const { trained, seconds } = await runSessions(
      runFile(options, name, false, seed),
      {
        sessions: set.train,
        validation: set.validation,
        items: set.items,
        config: shortened(settings.config, options),
        seed,
      },
      (line) => options.progress(`${name}, seed ${seed}: ${line}`),
    );
    const model = openSessions(trained);
    const ranking = await rankNext(model.scorer, set.test, { items: set.items, repeats: false }, 10);
    await model.scorer.release();
    runs.push({ metrics: { 'HR@10': ranking.hitRate, 'NDCG@10': ranking.ndcg }, seconds });
  }
  return [
    {
      set: name,
      model: MODEL,
      source: 'ours',
      ...overSeeds(runs),
      ...(settings.bar && { bar: settings.bar }),
    },
  ];
}
