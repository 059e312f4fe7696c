/** Step 3: everybody on the same hold-out. What it finds is a manifest without verdict. */
import * as z from 'zod/mini';
import type { Contest, SquaredErrors } from '../../models/gate/gate.ts';
import type { Catalogue } from '../../models/neighbours/catalogue.ts';
import type { Manifest } from '../../models/registry/manifest.ts';
import type { TrainingSet } from '../../models/snapshot/training-set.ts';
import { boostedAreas } from './boosted.ts';
import { currentFiles, openBehaviour, PLACES, placesBy, placesServed } from './contenders.ts';
import { estimateOf, groupsOf } from './estimates.ts';
import { evaluateClasses } from './evaluate-classes.ts';
import { judgeOutcomes, observe, squaredErrors } from './outcomes.ts';
import { leave, type ModelRun, runFolder, type StepServices, takeSet } from './run.ts';
import { takeTrained } from './train.ts';
import { catalogueBefore, type Trained } from './trainers.ts';
import { watchChampion } from './watch-champion.ts';
import type { ModelName } from './workflow.ts';

const FIGURE = `MRR@${PLACES}`;
const NEXT_ITEM = `${FIGURE} of the next item`;

export interface Evaluation {
  /** What is compared. */
  readonly figure: string;
  readonly contest: Contest;
  readonly metrics: Manifest['metrics'];
  readonly comparison: Manifest['comparison'];
  readonly calibration: Manifest['calibration'];
  readonly brier?: Readonly<Record<string, SquaredErrors>>;
  readonly distributions: Manifest['distributions'];
  readonly collapse?: { readonly alike: number; readonly coverage: number };
}

export const evaluationKey = (run: ModelRun): string => `${runFolder(run)}${run.model}/evaluation`;

export async function evaluate(run: ModelRun, services: StepServices): Promise<{ readonly cases: number }> {
  const set = await takeSet(services.objects, run);
  const trained = await takeTrained(run, services);
  const found = await evaluators[run.model](run, set, trained, services);
  await leave(services.objects, evaluationKey(run), found);
  return { cases: found.contest.challenger.length };
}

type Evaluator = (
  run: ModelRun,
  set: TrainingSet,
  trained: Trained,
  services: StepServices,
) => Evaluation | Promise<Evaluation>;

function tableOf(contest: Contest, seed: number): Manifest['comparison'] {
  const everybody = [
    ...Object.entries(contest.baselines),
    ...(contest.champion ? [['champion', contest.champion] as const] : []),
    ['challenger', contest.challenger] as const,
  ];
  return everybody.map(([model, figures]) => {
    const hits = figures.map((figure) => (figure > 0 ? 1 : 0));
    const metrics = {
      [FIGURE]: estimateOf(figures, contest.groups, seed),
      [`HR@${PLACES}`]: estimateOf(hits, contest.groups, seed),
    };
    return { model, metrics };
  });
}

type Table = Manifest['comparison'];

/** The table with figures of outcomes beside those of next items; who ranks no items comes before champion and challenger. */
function withOutcomes(table: Table, outcomes: Readonly<Record<string, Table[number]['metrics']>>): Table {
  const known = table.map(({ model, metrics }) => ({ model, metrics: { ...metrics, ...outcomes[model] } }));
  const others = Object.entries(outcomes)
    .filter(([name]) => !table.some(({ model }) => model === name))
    .map(([model, metrics]) => ({ model, metrics }));
  const at = known.findIndex(({ model }) => model === 'champion' || model === 'challenger');
  return [...known.slice(0, at), ...others, ...known.slice(at)];
}

const evaluators: Readonly<Record<ModelName, Evaluator>> = {
  neighbours: ofNeighbours,
  behaviour: ofBehaviour,
  classes: evaluateClasses,
};

const challengerOf = (table: Manifest['comparison']): Manifest['metrics'] =>
  table.find(({ model }) => model === 'challenger')?.metrics ?? {};

/**
 * Neighbours hold visits, no learned weights: a newer copy is the same method with fresher data, and the old copy would have
 * seen the hold-out. So they have no champion to beat.
 */
function ofNeighbours(run: ModelRun, set: TrainingSet): Evaluation {
  const cases = set.next.holdout;
  const catalogue = catalogueBefore(set);
  const contest: Contest = {
    challenger: placesBy(catalogue.neighbours, catalogue, cases),
    // Co-visitation is in the same package: both are what is served when nothing better is there.
    baselines: { popularity: placesBy(catalogue.popularity, catalogue, cases) },
    groups: groupsOf(cases),
  };
  const comparison = tableOf(contest, run.seed);
  return {
    figure: NEXT_ITEM,
    contest,
    comparison,
    metrics: challengerOf(comparison),
    calibration: {},
    distributions: {},
  };
}

async function ofBehaviour(
  run: ModelRun,
  set: TrainingSet,
  trained: Trained,
  services: StepServices,
): Promise<Evaluation> {
  const { objects, onProgress } = services;
  const cases = set.next.holdout;
  const catalogue = catalogueBefore(set);
  const says = (share: number): void => onProgress({ step: 'evaluate', model: run.model, share });
  const challenger = await openBehaviour((name) => trained.files[name] ?? new Uint8Array(), trained.schema);
  const current = await currentFiles(objects, { tenant: run.tenant, name: run.model });
  const champion = current && (await openBehaviour(current.file, current.schema));
  try {
    const served = await placesServed(challenger, catalogue, cases);
    says(0.5);
    const contest: Contest = {
      challenger: served.figures,
      baselines: {
        popularity: placesBy(catalogue.popularity, catalogue, cases),
        'co-visitation': placesBy(catalogue.coVisitation, catalogue, cases),
        neighbours: placesBy(catalogue.neighbours, catalogue, cases),
      },
      champion: champion && (await placesServed(champion, catalogue, cases)).figures,
      groups: groupsOf(cases),
    };
    const { train, holdout } = set.examples;
    const observed = await observe(challenger, holdout);
    const outcomes = judgeOutcomes(observed, run.seed);
    const seen = champion && (await observe(champion, holdout));
    const comparison = withOutcomes(tableOf(contest, run.seed), {
      'gradient boosting': boostedAreas(set.examples, run.seed),
      ...(seen && { champion: judgeOutcomes(seen, run.seed).metrics }),
      challenger: outcomes.metrics,
    });
    if (seen && current) await watchChampion(run, services, { version: current.version, observed: seen });
    says(1);
    return {
      figure: NEXT_ITEM,
      contest,
      comparison,
      metrics: challengerOf(comparison),
      calibration: outcomes.calibration,
      brier: squaredErrors(observed, seen, train),
      distributions: outcomes.distributions,
      collapse: {
        alike: z.number().parse(trained.config['alike']),
        coverage: coverageOf(served.lists, catalogue),
      },
    };
  } finally {
    await challenger.model.release();
    await champion?.model.release();
  }
}

const coverageOf = (lists: readonly (readonly string[])[], { items }: Catalogue): number =>
  items.length === 0 ? 0 : new Set(lists.flatMap((list) => list.slice(0, PLACES))).size / items.length;
