/** Class membership of customers: P(class) = exp(theta . x) / Z, for lifecycle classes and for personas. */
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import type { Example } from '../behaviour/example.ts';
import { trainSoftmax } from '../linear/classification.ts';
import { evaluateClasses } from '../linear/evaluate.ts';
import { type LinearModel, predict } from '../linear/model.ts';
import { shuffle } from '../selection/folds.ts';
import { type Matrix, takeRows, takeValues } from '../selection/learner.ts';
import { featureRows } from './features.ts';
import { lifecycleClasses, lifecycleOf, type Outcome } from './lifecycle.ts';
import { findPersonas } from './personas.ts';
import { type CustomerPlan, planOf } from './plan.ts';

export interface ClassHead {
  /** In the order of the model's outputs. A class that training did not show is not among them. */
  readonly names: readonly string[];
  readonly model: LinearModel;
}

export interface ClassesModel {
  readonly plan: CustomerPlan;
  readonly lifecycle: ClassHead;
  readonly personas: ClassHead;
  /** Training examples of each persona. */
  readonly personaSizes: readonly number[];
}

export interface ClassesTask {
  readonly examples: readonly Example[];
  /** One per example: what came in the 30 days after its cut; undefined where that is not known yet. */
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly seed: number;
  /** @default chosen by the silhouette */
  readonly personas?: number;
  readonly onProgress?: (line: string) => void;
}

const PENALTIES = [1, 10, 100];
/** Personas are a rule over the features, so nothing but a penalty keeps chances from 0 and 1. */
const PERSONA_RIDGE = 1;
const LEAST_EXAMPLES = 50;

/** @throws WellspringError `too_little_history` with fewer than 50 known outcomes, or all of one class. */
export function trainClasses({ examples, outcomes, seed, personas, onProgress }: ClassesTask): ClassesModel {
  const plan = planOf(examples);
  const x = featureRows(examples, plan);
  onProgress?.(`lifecycle classes from ${examples.length} examples`);
  const lifecycle = trainLifecycle(x, examples, outcomes, seed);
  onProgress?.('personas');
  const found = findPersonas(x, plan, seed, personas);
  const y = Float64Array.from(found.of);
  const model = trainSoftmax(x, y, found.names.length, { ridge: PERSONA_RIDGE, errors: false });
  return { plan, lifecycle, personas: { names: found.names, model }, personaSizes: found.sizes };
}

function trainLifecycle(
  x: Matrix,
  examples: readonly Example[],
  outcomes: readonly (Outcome | undefined)[],
  seed: number,
): ClassHead {
  const labels = examples.map((example, i) => {
    const outcome = outcomes[i];
    return outcome && lifecycleOf(example, outcome);
  });
  const known = Int32Array.from(labels.flatMap((label, row) => (label === undefined ? [] : [row])));
  const names = lifecycleClasses.filter((name) => labels.includes(name));
  if (known.length < LEAST_EXAMPLES || names.length < 2) {
    throw new WellspringError(
      'too_little_history',
      `${known.length} customers with a known next period, in ${names.length} classes, are too few`,
    );
  }
  const rows = takeRows(x, known);
  const y = Float64Array.from(known, (row) => names.findIndex((name) => name === labels[row]));
  const ridge = choosePenalty(rows, y, names.length, seed);
  return { names, model: trainSoftmax(rows, y, names.length, { ridge, errors: false }) };
}

/** The penalty with the least log loss on a fifth of the rows that is held out; the largest where a class is too scarce. */
function choosePenalty(x: Matrix, y: Float64Array, classes: number, seed: number): number {
  const order = Int32Array.from(y.keys());
  shuffle(order, seededRandom(seed));
  const [test, train] = [order.slice(0, y.length / 5), order.slice(y.length / 5)];
  const target = takeValues(y, train);
  if (new Set(target).size < classes) return Math.max(...PENALTIES);
  const lost = PENALTIES.map((ridge) => {
    const model = trainSoftmax(takeRows(x, train), target, classes, { ridge, errors: false });
    return evaluateClasses(predict(model, takeRows(x, test)), takeValues(y, test), classes).logLoss;
  });
  return PENALTIES[lost.indexOf(Math.min(...lost))] ?? 1;
}
