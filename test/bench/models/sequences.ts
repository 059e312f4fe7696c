/**
 * What users choose next, leave-one-out: neighbours, the network, and the blend that is served. Everything is learned from
 * the sequences without their last two items; the blend from the second last ones; the last ones are ranked once.
 */

import { openSessions } from '../../../models/behaviour/predict.ts';
import { defaultSessions } from '../../../models/behaviour/train-sessions.ts';
import { columnsOf } from '../../../models/blend/features.ts';
import { sources } from '../../../models/blend/ranker.ts';
import { Ranking, rankOf } from '../../../models/measure/ranking.ts';
import { type CoVisitationOptions, fitCoVisitation } from '../../../models/neighbours/co-visitation.ts';
import { fitPopularity } from '../../../models/neighbours/popularity.ts';
import type { Recommender } from '../../../models/neighbours/recommender.ts';
import { fitSessionKnn, type SessionKnnOptions } from '../../../models/neighbours/session-knn.ts';
import { type Sessions, toSessions } from '../../../models/neighbours/sessions.ts';
import { sequenceSettings } from './behaviour.ts';
import { runFile, runSessions } from './behaviour-runs.ts';
import { shortened } from './behaviour-sets.ts';
import { type Kept, kept, overSeeds } from './kept.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';
import { type SequenceCase, type SequenceSet, sequenceSet } from './sequence-sets.ts';
import { sampleOf } from './session-sets.ts';
import { learnBlend, type Opinions, rankBlend } from './sessions-blend.ts';

interface Settings {
  /** Chosen on the second last items. There is no time in these sets, so no user is older than another. */
  readonly knn: Partial<SessionKnnOptions>;
  readonly coVisitation: CoVisitationOptions;
  /** HR@10 and NDCG@10. */
  readonly published: Readonly<Record<string, readonly [number, number]>>;
}

const AGELESS = 1e9;
const settings: Readonly<Record<string, Settings>> = {
  amazon_beauty: {
    knn: {
      itemDecay: 4,
      idf: 3,
      pointsIdf: 0,
      sessionDecay: 2,
      length: 0.25,
      afterDecay: 10,
      beforeDecay: 2,
      before: 1,
      next: 1.5,
      repeat: 1,
      k: 200,
      newest: 2500,
    },
    coVisitation: { reach: 10, sessionDecay: 1 },
    published: { SASRec: [0.0605, 0.0318], 'S3-Rec': [0.0647, 0.0327] },
  },
  lastfm: {
    knn: {
      itemDecay: 8,
      idf: 3,
      pointsIdf: 0.5,
      sessionDecay: AGELESS,
      length: 0.5,
      afterDecay: 50,
      beforeDecay: 10,
      before: 0.7,
      next: 1,
      repeat: 1,
      k: 500,
      newest: 2500,
    },
    coVisitation: { reach: 10, distance: 0.5, memory: 0.9, sessionDecay: AGELESS },
    published: { SASRec: [0.0688, 0.039], 'S3-Rec': [0.0743, 0.0427] },
  },
};

const PLACES = 10;
const BLEND = 'blend of network, neighbours and co-visitation';
/** Validation cases that the blend learns from. */
const LEARNED = 15_000;

export const benchSequences: BenchPart = async (options) => {
  const rows: BenchRow[] = [];
  for (const [name, chosen] of Object.entries(settings)) {
    const set = sequenceSet(options.data, name, options.quick ? 500 : Number.POSITIVE_INFINITY);
    if (!set) {
      rows.push({
        set: name,
        model: BLEND,
        metrics: {},
        source: 'ours',
        note: 'not run: the data set is not there',
      });
      continue;
    }
    for (const [model, [hit, gain]] of Object.entries(chosen.published)) {
      rows.push({ set: name, model, metrics: { 'HR@10': hit, 'NDCG@10': gain }, source: 'published' });
    }
    rows.push(...(await neighbourRows(set, chosen, options)), await blendRow(set, chosen, options));
  }
  return rows;
};

const figures = (ranking: Ranking): Record<string, number> => ({
  'HR@10': ranking.hitRate,
  'NDCG@10': ranking.ndcg,
});
const shown = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');

async function neighbourRows(set: SequenceSet, chosen: Settings, options: BenchOptions): Promise<BenchRow[]> {
  const fits: Record<string, readonly [unknown, (sessions: Sessions) => Recommender]> = {
    'item popularity': [{}, (sessions) => fitPopularity(sessions, set.items)],
    'co-visitation': [
      chosen.coVisitation,
      (sessions) => fitCoVisitation(sessions, set.items, chosen.coVisitation),
    ],
    'nearest sequences': [chosen.knn, (sessions) => fitSessionKnn(sessions, set.items, chosen.knn)],
  };
  const rows: BenchRow[] = [];
  for (const [model, [used, fit]] of Object.entries(fits)) {
    const result = await kept(options, `${set.name} ${model}`, used, () => {
      const begun = performance.now();
      const recommender = fit(toSessions(set.train));
      const seconds = (performance.now() - begun) / 1000;
      return { metrics: figures(rankNew(recommender, set.test)), seconds };
    });
    options.progress(`${set.name}, ${model}: ${shown(result.metrics)}`);
    rows.push({ set: set.name, model, source: 'ours', ...result });
  }
  return rows;
}

/** Ranks the items that the user does not have. */
function rankNew(recommender: Recommender, cases: readonly SequenceCase[]): Ranking {
  const ranking = new Ranking(PLACES);
  const out = new Float32Array(recommender.items);
  for (const { prefix, next } of cases) {
    out.fill(0);
    recommender.score(prefix, out);
    for (const item of prefix) out[item] = 0;
    ranking.add((out[next] ?? 0) > 0 ? rankOf(out, next) : Number.POSITIVE_INFINITY);
  }
  return ranking;
}

async function blendRow(set: SequenceSet, chosen: Settings, options: BenchOptions): Promise<BenchRow> {
  const runs: Kept[] = [];
  for (const seed of options.seeds) runs.push(await blended(set, chosen, options, seed));
  const bar = sequenceSettings[set.name]?.bar;
  const note = 'all learned without the last two items of each user, the weights on the second last';
  return { set: set.name, model: BLEND, source: 'ours', note, ...overSeeds(runs), ...(bar && { bar }) };
}

async function blended(
  set: SequenceSet,
  chosen: Settings,
  options: BenchOptions,
  seed: number,
): Promise<Kept> {
  const say = (line: string): void => options.progress(`${set.name}, seed ${seed}: ${line}`);
  const { trained, seconds } = await trainedSequences(set, options, seed, say);
  const key = [chosen, seed, seconds, LEARNED, columnsOf(sources)];
  return kept(options, `${set.name} blend seed ${seed}`, key, async () => {
    const begun = performance.now();
    const sessions = toSessions(set.train);
    const opinions: Opinions = {
      network: openSessions(trained),
      neighbours: fitSessionKnn(sessions, set.items, chosen.knn),
      coVisitation: fitCoVisitation(sessions, set.items, chosen.coVisitation),
      logCounts: fitPopularity(sessions, set.items).counts.map((count) => Math.log1p(count)),
      repeats: false,
    };
    const blend = await learnBlend(opinions, sampleOf(set.validation, LEARNED), say);
    const fitting = (performance.now() - begun) / 1000;
    const ranking = new Ranking(PLACES);
    await rankBlend(blend, opinions, set.test, PLACES, say, (_, rank) => ranking.add(rank));
    await opinions.network.scorer.release();
    say(`blend: ${shown(figures(ranking))}`);
    return { metrics: figures(ranking), seconds: seconds + fitting };
  });
}

/** The run of the network alone, which is not trained twice. */
function trainedSequences(
  set: SequenceSet,
  options: BenchOptions,
  seed: number,
  say: (line: string) => void,
): ReturnType<typeof runSessions> {
  const { config = defaultSessions } = sequenceSettings[set.name] ?? {};
  return runSessions(
    runFile(options, set.name, false, seed),
    {
      sessions: set.train,
      validation: set.validation,
      items: set.items,
      config: shortened(config, options),
      seed,
    },
    say,
  );
}
