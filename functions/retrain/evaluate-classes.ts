/** How well the classes of the next 30 days were foretold: the log of the chance that was given to what came true. */

import type { ClassesModel } from '../../models/classes/classes.ts';
import { lifecycleOf } from '../../models/classes/lifecycle.ts';
import { evaluateLifecycle, predictClasses } from '../../models/classes/predict.ts';
import { restoreClasses } from '../../models/classes/stored.ts';
import type { Contest } from '../../models/gate/gate.ts';
import type { TrainingSet } from '../../models/snapshot/training-set.ts';
import { currentFiles } from './contenders.ts';
import { estimateOf, groupsOf } from './estimates.ts';
import type { Evaluation } from './evaluate.ts';
import type { ModelRun, StepServices } from './run.ts';
import type { Trained } from './trainers.ts';

/** Chance below which nothing is counted lower, so that one surprise does not decide alone. */
const LEAST = 1e-4;
const FIGURE = 'log-likelihood';
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

export async function evaluateClasses(
  run: ModelRun,
  set: TrainingSet,
  trained: Trained,
  { objects }: StepServices,
): Promise<Evaluation> {
  const known = set.examples.holdout.flatMap((example, i) => {
    const outcome = set.outcomes.holdout[i];
    return outcome ? [{ example, outcome, class: lifecycleOf(example, outcome) }] : [];
  });
  const of = (model: ClassesModel): number[] =>
    predictClasses(
      model,
      known.map(({ example }) => example),
    ).map(({ lifecycle }, i) =>
      Math.log(Math.max(LEAST, lifecycle.probabilities[known[i]?.class ?? ''] ?? 0)),
    );
  const challenger = restoreClasses(text(trained.files['classes.json'] ?? new Uint8Array()));
  const current = await currentFiles(objects, { tenant: run.tenant, name: run.model });
  const contest: Contest = {
    challenger: of(challenger),
    baselines: {
      'class shares': sharesBefore(
        set,
        known.map((one) => one.class),
      ),
    },
    champion: current && of(restoreClasses(text(current.file('classes.json')))),
    groups: groupsOf(known),
  };
  const rows = [
    ...Object.entries(contest.baselines),
    ...(contest.champion ? [['champion', contest.champion] as const] : []),
    ['challenger', contest.challenger] as const,
  ];
  const comparison = rows.map(([model, figures]) => ({
    model,
    metrics: { [FIGURE]: estimateOf(figures, contest.groups, run.seed) },
  }));
  const report = evaluateLifecycle(
    challenger,
    set.examples.holdout,
    set.outcomes.holdout.map((outcome) => outcome ?? undefined),
  );
  const exact = (value: number) => ({ value, low: value, high: value });
  return {
    figure: `${FIGURE} of the lifecycle class`,
    contest,
    comparison,
    metrics: {
      ...comparison.at(-1)?.metrics,
      accuracy: exact(report.accuracy),
      'macro-F1': exact(report.macroF1),
    },
    calibration: {},
    distributions: {},
  };
}

/** Always answering how common each class was in training. */
function sharesBefore({ examples, outcomes }: TrainingSet, classes: readonly string[]): number[] {
  const counts = new Map<string, number>();
  examples.train.forEach((example, i) => {
    const outcome = outcomes.train[i];
    if (!outcome) return;
    const name = lifecycleOf(example, outcome);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return classes.map((name) => Math.log(Math.max(LEAST, (counts.get(name) ?? 0) / Math.max(1, total))));
}
