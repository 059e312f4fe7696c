/**
 * The blend that is served, on integer items: what it is worth to believe whom is learned where neighbours and network had
 * not seen the visits; then all are fitted on everything before the test, and the weights are kept.
 */
import type { SessionModel } from '../../../models/behaviour/predict.ts';
import { rowsOf } from '../../../models/behaviour/rank.ts';
import { RESERVED } from '../../../models/behaviour/sequence.ts';
import { BlendLearner, type BlendModel, rank } from '../../../models/blend/blend.ts';
import { best, type Visit } from '../../../models/blend/features.ts';
import { sources } from '../../../models/blend/ranker.ts';
import type { Case } from '../../../models/neighbours/evaluate.ts';
import type { Recommender } from '../../../models/neighbours/recommender.ts';

/** Items that the network answers when it is served. */
const ANSWERED = 60;

/** What the blend hears: fitted on the same sessions. */
export interface Opinions {
  readonly network: SessionModel;
  readonly neighbours: Recommender;
  readonly coVisitation: Recommender;
  /** log(1 + count) of each item. */
  readonly logCounts: Float32Array;
  /** Whether items that somebody has can come again. */
  readonly repeats: boolean;
}

export async function learnBlend(
  opinions: Opinions,
  cases: readonly Case[],
  progress: (line: string) => void,
): Promise<BlendModel> {
  const learner = new BlendLearner(sources, opinions.logCounts);
  await eachVisit(opinions, cases, progress, (visit, { next }) => learner.add(visit, next));
  return learner.fit();
}

/** Calls `use` with each case and the rank of its item: Infinity when it is not among the first `places`. */
export async function rankBlend(
  blend: BlendModel,
  opinions: Opinions,
  cases: readonly Case[],
  places: number,
  progress: (line: string) => void,
  use: (one: Case, rank: number) => void,
): Promise<void> {
  await eachVisit(opinions, cases, progress, (visit, one) => {
    const place = rank(blend, opinions.logCounts, visit, places).findIndex(({ item }) => item === one.next);
    use(one, place < 0 ? Number.POSITIVE_INFINITY : place + 1);
  });
}

const SHOWN_EVERY = 10_000;

async function eachVisit(
  opinions: Opinions,
  cases: readonly Case[],
  progress: (line: string) => void,
  use: (visit: Visit, one: Case) => void,
): Promise<void> {
  const { network } = opinions;
  let done = 0;
  await network.scorer.score(
    cases.map(({ prefix }) => ({ items: rowsOf(prefix, network.items) })),
    (i, rows) => {
      const one = cases[i];
      if (!one) return;
      use(visitOf(opinions, one.prefix, rows.subarray(RESERVED, RESERVED + network.items)), one);
      if (++done % SHOWN_EVERY === 0) progress(`${done} of ${cases.length} cases`);
    },
  );
}

/** Without repeats the blend does not get to see the items that somebody has. */
function visitOf(opinions: Opinions, prefix: readonly number[], logits: Float32Array): Visit {
  const { neighbours, coVisitation, repeats } = opinions;
  const scores = [neighbours, coVisitation].map((recommender) => {
    const out = new Float32Array(recommender.items);
    recommender.score(prefix, out);
    return out;
  });
  const all = [logits, ...scores];
  if (!repeats) for (const list of all) for (const item of prefix) list[item] = list === logits ? -1e9 : 0;
  return { prefix, scores: [answered(logits), ...scores], again: repeats };
}

/** The network's first items; the others are at best as good as the last of them. */
function answered(logits: Float32Array): Float32Array {
  const items = best(logits, ANSWERED);
  const least = items.reduce((low, item) => Math.min(low, logits[item] ?? 0), Number.POSITIVE_INFINITY);
  const out = new Float32Array(logits.length).fill(least);
  for (const item of items) out[item] = logits[item] ?? 0;
  return out;
}
