/** Answers of the class model in this process, and how good they are. */
import { WellspringError } from '../../domain/errors.ts';
import type { Example } from '../behaviour/example.ts';
import { evaluateClasses } from '../linear/evaluate.ts';
import { contributions, predict } from '../linear/model.ts';
import type { ClassesModel, ClassHead } from './classes.ts';
import { featureRows, featuresOf } from './features.ts';
import { lifecycleOf, type Outcome } from './lifecycle.ts';

export interface Driver {
  readonly feature: string;
  /** theta * (x - mean) for the likeliest class, less its mean over the classes. */
  readonly contribution: number;
}

export interface Membership {
  readonly class: string;
  /** Of every class; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** What drove the likeliest class most, for or against it, largest first. */
  readonly drivers: readonly Driver[];
}

export interface CustomerClasses {
  readonly lifecycle: Membership;
  readonly persona: Membership;
}

/** One answer per example; `top`: drivers in each. */
export function predictClasses(
  model: ClassesModel,
  examples: readonly Example[],
  top = 3,
): CustomerClasses[] {
  const x = featureRows(examples, model.plan);
  const features = featuresOf(model.plan).map(({ name }) => name);
  const [lifecycle, personas] = [model.lifecycle, model.personas].map(({ names, model: linear }) => {
    const chances = predict(linear, x);
    const parts = names.map((_, output) => contributions(linear, x, output).values);
    return (row: number) => membership(names, features, chances, parts, row, top);
  });
  if (!lifecycle || !personas) throw new RangeError('a head is missing');
  return examples.map((_, row) => ({ lifecycle: lifecycle(row), persona: personas(row) }));
}

function membership(
  names: readonly string[],
  features: readonly string[],
  chances: Float64Array,
  parts: readonly Float64Array[],
  row: number,
  top: number,
): Membership {
  const own = chances.subarray(row * names.length, (row + 1) * names.length);
  const best = own.indexOf(Math.max(...own));
  const drivers = features
    .map((feature, column) => {
      const each = parts.map((values) => values[row * features.length + column] ?? 0);
      return { feature, contribution: (each[best] ?? 0) - each.reduce((a, b) => a + b, 0) / each.length };
    })
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, top);
  return {
    class: names[best] ?? '',
    probabilities: Object.fromEntries(names.map((name, i) => [name, own[i] ?? 0])),
    drivers,
  };
}

export interface ClassesReport {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  /** Log loss of always answering the shares of the classes in these examples: what must be beaten. */
  readonly baseline: number;
}

/**
 * The lifecycle classes against what came true; examples of a class that the model does not know are left out.
 * @throws WellspringError `refused` without a known outcome.
 */
export function evaluateLifecycle(
  { lifecycle, plan }: { readonly lifecycle: ClassHead; readonly plan: ClassesModel['plan'] },
  examples: readonly Example[],
  outcomes: readonly (Outcome | undefined)[],
): ClassesReport {
  const { names, model } = lifecycle;
  const cases = examples.flatMap((example, i) => {
    const outcome = outcomes[i];
    const label = outcome ? names.indexOf(lifecycleOf(example, outcome)) : -1;
    return label < 0 ? [] : [{ example, label }];
  });
  if (cases.length === 0) throw new WellspringError('refused', 'no example has a known outcome');
  const y = Float64Array.from(cases, ({ label }) => label);
  const rows = featureRows(
    cases.map(({ example }) => example),
    plan,
  );
  const shares = names.map((_, c) => y.filter((label) => label === c).length / y.length);
  const baseline = -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);
  return { ...evaluateClasses(predict(model, rows), y, names.length), baseline };
}
