/** The rival of the network's chances: gradient boosting on named features of a customer, for the same outcomes. */
import type { Example } from '../../models/behaviour/example.ts';
import { featureRows } from '../../models/classes/features.ts';
import { planOf } from '../../models/classes/plan.ts';
import type { Estimate } from '../../models/registry/manifest.ts';
import { boosting } from '../../models/trees/learners.ts';
import { areaOf } from './estimates.ts';
import { heads } from './outcomes.ts';

/** Usual values, not searched for. */
const learner = boosting({
  maxDepth: 3,
  rounds: 80,
  learningRate: 0.06,
  minChildWeight: 5,
  rowShare: 0.7,
  columnShare: 0.5,
});

interface Parts {
  readonly train: readonly Example[];
  readonly holdout: readonly Example[];
}

/** `purchase AUC` and `churn AUC` on the hold-out, for heads that had both outcomes before and in it. */
export function boostedAreas({ train, holdout }: Parts, seed: number): Record<string, Estimate> {
  const plan = planOf(train);
  const areas: Record<string, Estimate> = {};
  for (const head of heads) {
    const [before, after] = [labelled(train, head), labelled(holdout, head)];
    if (![before, after].every(({ y }) => y.includes(0) && y.includes(1))) continue;
    const fitted = learner.fit(featureRows(before.examples, plan), Float64Array.from(before.y), { seed });
    const predicted = fitted.predict(featureRows(after.examples, plan));
    areas[`${head} AUC`] = areaOf(after.y, [...predicted], seed);
  }
  return areas;
}

function labelled(
  all: readonly Example[],
  head: (typeof heads)[number],
): { readonly examples: readonly Example[]; readonly y: readonly number[] } {
  const examples = all.filter(({ labels }) => labels[head] !== undefined);
  return { examples, y: examples.flatMap(({ labels }) => labels[head] ?? []) };
}
