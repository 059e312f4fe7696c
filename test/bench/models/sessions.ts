/** Next items of public shop sessions: neighbours, the network, and the blend that is served. */

import { openSessions, type SessionModel } from '../../../models/behaviour/predict.ts';
import { columnsOf } from '../../../models/blend/features.ts';
import { sources } from '../../../models/blend/ranker.ts';
import { type CoVisitationOptions, fitCoVisitation } from '../../../models/neighbours/co-visitation.ts';
import { fitPopularity, sessionPopularity } from '../../../models/neighbours/popularity.ts';
import type { Recommender } from '../../../models/neighbours/recommender.ts';
import { fitSessionKnn, type SessionKnnOptions } from '../../../models/neighbours/session-knn.ts';
import { type Sessions, toSessions } from '../../../models/neighbours/sessions.ts';
import { trainedSession } from './behaviour-sets.ts';
import { type Kept, kept, overSeeds } from './kept.ts';
import type { BenchOptions, BenchPart, BenchRow } from './row.ts';
import { type SessionSet, sampleOf, sessionSet, type Task } from './session-sets.ts';
import { learnBlend, type Opinions, rankBlend } from './sessions-blend.ts';
import { figuresOf, SessionFigures } from './sessions-figures.ts';

interface Settings {
  /** Chosen on the newest tenth of the training sessions. */
  readonly knn: Partial<SessionKnnOptions>;
  readonly coVisitation: CoVisitationOptions;
  readonly bar: Readonly<Record<string, number>>;
  /** P@20 and MRR@20 in percent. */
  readonly published: Readonly<Record<string, readonly [number, number]>>;
}

const settings: Readonly<Record<string, Settings>> = {
  diginetica: {
    knn: {
      itemDecay: 1,
      idf: 1.5,
      pointsIdf: 1,
      sessionDecay: 1,
      length: 0,
      afterDecay: 4,
      beforeDecay: 10,
      before: 0.5,
      next: 1,
      repeat: 2,
      k: 1000,
      newest: 2500,
    },
    coVisitation: { reach: 12, distance: 1, backward: 0.6, memory: 0.65, repeats: true },
    bar: { 'P@20': 54.22, 'MRR@20': 19.04 },
    published: {
      'item popularity': [0.93, 0.21],
      'session popularity (S-POP)': [21.08, 13.69],
      GRU4Rec: [30.79, 8.22],
      NARM: [48.32, 16],
      'SR-GNN': [51.26, 17.78],
      'GCE-GNN': [54.22, 19.04],
    },
  },
  yoochoose1_64: {
    knn: {
      itemDecay: 1.4,
      idf: 3,
      pointsIdf: 0.5,
      sessionDecay: 0.6,
      length: 0.25,
      afterDecay: 10,
      beforeDecay: 2.5,
      before: 1,
      next: 2,
      repeat: 0.5,
      k: 1000,
      newest: 2500,
    },
    coVisitation: { reach: 5, distance: 2, backward: 0.3, memory: 0.35, repeats: true },
    bar: { 'P@20': 70.57, 'MRR@20': 30.94 },
    published: {
      'item popularity': [7.31, 1.69],
      'session popularity (S-POP)': [31.04, 18.58],
      GRU4Rec: [60.64, 22.89],
      NARM: [68.32, 28.63],
      'SR-GNN': [70.57, 30.94],
    },
  },
};

/** Plain cosine-like neighbours: nothing but recency within the visit and rarity. */
const UNTUNED: Partial<SessionKnnOptions> = {
  k: 100,
  newest: 1000,
  itemDecay: 3,
  idf: 1,
  pointsIdf: 0,
  sessionDecay: 1e9,
  length: 0.5,
  afterDecay: 1e9,
  beforeDecay: 1e9,
  before: 1,
  next: 1,
  repeat: 1,
};

/** Validation cases that the blend learns from. */
const LEARNED = 15_000;

export const benchSessions: BenchPart = async (options) => {
  const rows: BenchRow[] = [];
  for (const [name, chosen] of Object.entries(settings)) {
    const set = sessionSet(options.data, name, options.quick ? 0.02 : 1);
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
    rows.push(...publishedRows(name, chosen), ...(await neighbourRows(set, chosen, options)));
    rows.push(await blendRow(set, chosen, options));
  }
  return rows;
};

const BLEND = 'blend of network, neighbours and co-visitation';

const publishedRows = (set: string, { published }: Settings): BenchRow[] =>
  Object.entries(published).map(([model, [p, mrr]]) => ({
    set,
    model,
    metrics: { 'P@20': p, 'MRR@20': mrr },
    source: 'published',
  }));

const casesOf = ({ cases }: Task, { quick }: BenchOptions): Task['cases'] =>
  quick ? sampleOf(cases, 500) : cases;

type Fit = (sessions: Sessions, items: number) => Recommender;

async function neighbourRows(set: SessionSet, chosen: Settings, options: BenchOptions): Promise<BenchRow[]> {
  const fits: Record<string, readonly [unknown, Fit]> = {
    'item popularity': [{}, fitPopularity],
    'session popularity (S-POP)': [{}, (...given) => sessionPopularity(fitPopularity(...given))],
    'sequential rules': [SUCCESSORS, (...given) => fitCoVisitation(...given, SUCCESSORS)],
    'co-visitation': [chosen.coVisitation, (...given) => fitCoVisitation(...given, chosen.coVisitation)],
    'nearest sessions, untuned': [UNTUNED, (...given) => fitSessionKnn(...given, UNTUNED)],
    'nearest sessions': [chosen.knn, (...given) => fitSessionKnn(...given, chosen.knn)],
  };
  const rows: BenchRow[] = [];
  for (const [model, [used, fit]] of Object.entries(fits)) {
    const result = await kept(options, `${set.name} ${model}`, used, () => judged(set.test, fit, options));
    options.progress(`${set.name}, ${model}: ${shown(result.metrics)}`);
    rows.push({ set: set.name, model, source: 'ours', ...result });
  }
  return rows;
}

/** What directly follows an item. */
const SUCCESSORS: CoVisitationOptions = { reach: 10, distance: 1, backward: 0, memory: 0, repeats: true };

function judged(task: Task, fit: Fit, options: BenchOptions): Kept {
  const begun = performance.now();
  const recommender = fit(toSessions(task.train), task.items);
  const seconds = (performance.now() - begun) / 1000;
  return { metrics: figuresOf(recommender, casesOf(task, options)), seconds };
}

const shown = (metrics: Readonly<Record<string, number>>): string =>
  `P@20 ${(metrics['P@20'] ?? 0).toFixed(2)}, MRR@20 ${(metrics['MRR@20'] ?? 0).toFixed(2)}`;

async function blendRow(set: SessionSet, chosen: Settings, options: BenchOptions): Promise<BenchRow> {
  const runs: Kept[] = [];
  for (const seed of options.seeds) {
    const { validation, test } = await trainedSession(set.name, set, options, seed);
    const key = [chosen, seed, validation.seconds, test.seconds, LEARNED, columnsOf(sources)];
    runs.push(
      await kept(options, `${set.name} blend seed ${seed}`, key, async () => {
        const begun = performance.now();
        const say = (what: string) => (line: string) =>
          options.progress(`${set.name}, seed ${seed}, ${what}: ${line}`);
        const before = opinionsOf(set.validation, chosen, openSessions(validation.trained));
        const known = sampleOf(set.validation.cases, options.quick ? 500 : LEARNED);
        const blend = await learnBlend(before, known, say('learning the blend'));
        await before.network.scorer.release();
        const fitting = (performance.now() - begun) / 1000;
        const now = opinionsOf(set.test, chosen, openSessions(test.trained));
        const figures = new SessionFigures();
        const cases = casesOf(set.test, options);
        await rankBlend(blend, now, cases, 20, say('test'), (one, rank) => figures.add(one, rank));
        await now.network.scorer.release();
        options.progress(`${set.name}, seed ${seed}, blend: ${shown(figures.metrics)}`);
        return { metrics: figures.metrics, seconds: validation.seconds + test.seconds + fitting };
      }),
    );
  }
  const note = `weights learned on ${LEARNED} cases of the newest tenth; network and neighbours then trained on all training sessions, weights kept`;
  return { set: set.name, model: BLEND, source: 'ours', bar: chosen.bar, note, ...overSeeds(runs) };
}

function opinionsOf(
  { train, items }: Task,
  { knn, coVisitation }: Settings,
  network: SessionModel,
): Opinions {
  const sessions = toSessions(train);
  return {
    network,
    neighbours: fitSessionKnn(sessions, items, knn),
    coVisitation: fitCoVisitation(sessions, items, coVisitation),
    logCounts: fitPopularity(sessions, items).counts.map((count) => Math.log1p(count)),
    repeats: true,
  };
}
