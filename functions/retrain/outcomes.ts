/** What the outcome heads of a behaviour model say, and what that is worth once the labels are known. */
import { seededRandom } from '../../domain/random.ts';
import { calibrated } from '../../models/behaviour/calibration.ts';
import type { Example } from '../../models/behaviour/example.ts';
import { distributionOf } from '../../models/drift/drift.ts';
import { calibrationLuck } from '../../models/gate/allowance.ts';
import type { SquaredErrors } from '../../models/gate/gate.ts';
import { brier, calibrationError } from '../../models/measure/binary.ts';
import type { Estimate, Manifest } from '../../models/registry/manifest.ts';
import { reliabilityTable } from '../../models/selection/reliability.ts';
import type { OpenBehaviour } from './contenders.ts';
import { areaOf } from './estimates.ts';

/** Outcomes of which the network gives a chance. */
export const heads = ['purchase', 'churn'] as const;
const DAY_MS = 86_400_000;

export interface Observed {
  /** Of what the model sees (`input.*`) and says (`score.*`), one number per example. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Known labels with the chance that was given, by head. */
  readonly labelled: Readonly<Record<string, Labelled>>;
}

interface Labelled {
  readonly y: readonly number[];
  readonly predicted: readonly number[];
}

export async function observe(
  { model, calibrators }: OpenBehaviour,
  examples: readonly Example[],
): Promise<Observed> {
  const answers = calibrated(await model.answer(examples), calibrators);
  const values: Record<string, number[]> = {
    'input.events': examples.map(({ events }) => events.length),
    'input.days since last event': examples.map(
      ({ events, cut }) => (cut - (events.at(-1)?.at ?? cut)) / DAY_MS,
    ),
    'score.value': answers.map(({ value }) => value),
  };
  const labelled: Record<string, { y: number[]; predicted: number[] }> = {};
  for (const head of heads) {
    values[`score.${head}`] = answers.map((answer) => answer[head]);
    const known = examples.flatMap(({ labels }, i) => {
      const [label, chance] = [labels[head], answers[i]?.[head]];
      return label === undefined || chance === undefined ? [] : [{ label, chance }];
    });
    labelled[head] = { y: known.map(({ label }) => label), predicted: known.map(({ chance }) => chance) };
  }
  return { values, labelled };
}

/** Figures of the heads that had both outcomes, and how what was observed was distributed. */
export function judgeOutcomes({ values, labelled }: Observed, seed: number) {
  const metrics: Record<string, Estimate> = {};
  const calibration: Manifest['calibration'] = {};
  for (const [head, { y, predicted }] of Object.entries(labelled)) {
    if (!y.includes(0) || !y.includes(1)) continue;
    metrics[`${head} AUC`] = areaOf(y, predicted, seed);
    calibration[head] = {
      ece: calibrationError(y, predicted),
      luck: calibrationLuck(predicted, seededRandom(seed)),
      brier: brier(y, predicted),
      table: reliabilityTable(Float64Array.from(y), Float64Array.from(predicted)).map((row) => ({
        predicted: row.predicted,
        observed: row.observed,
        cases: row.rows,
      })),
    };
  }
  const distributions = Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, distributionOf(list)]),
  );
  return { metrics, calibration, distributions };
}

/**
 * How far everybody's chances are from what came true, for heads that had both outcomes. `train`: tells how common an
 * outcome was before; always answering that is the least that a model must keep up with.
 */
export function squaredErrors(
  challenger: Observed,
  champion: Observed | undefined,
  train: readonly Example[],
): Record<string, SquaredErrors> {
  const found: Record<string, SquaredErrors> = {};
  for (const head of heads) {
    const ours = challenger.labelled[head];
    const before = train.flatMap(({ labels }) => labels[head] ?? []);
    if (!ours?.y.includes(0) || !ours.y.includes(1) || before.length === 0) continue;
    const common = before.reduce<number>((sum, label) => sum + label, 0) / before.length;
    const theirs = champion?.labelled[head];
    found[head] = {
      challenger: squares(ours),
      rivals: {
        'how common it was': squares({ y: ours.y, predicted: ours.y.map(() => common) }),
        ...(theirs && { champion: squares(theirs) }),
      },
      // The hold-out has one cut, so every case is another customer's.
      groups: ours.y.map((_, i) => i),
    };
  }
  return found;
}

const squares = ({ y, predicted }: Labelled): number[] =>
  y.map((label, i) => ((predicted[i] ?? 0) - label) ** 2);
