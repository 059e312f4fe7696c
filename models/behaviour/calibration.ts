/** Chances that mean what they say: curves fitted on validation, applied to every answer. */
import * as z from 'zod/mini';
import { type Calibrator, calibrate, calibratorSchema, fitPlatt } from '../selection/calibrate.ts';
import type { BehaviourAnswer } from './answers.ts';
import type { Example } from './example.ts';

const heads = ['purchase', 'churn'] as const;

/** JSON beside the model; a head without a curve is answered as it is. */
export const calibratorsSchema = z.object({
  purchase: z.optional(calibratorSchema),
  churn: z.optional(calibratorSchema),
});
export type Calibrators = z.infer<typeof calibratorsSchema>;

/** Learns from examples that training did not see; a head that had one outcome only gets no curve. */
export function fitCalibrators(
  examples: readonly Example[],
  answers: readonly BehaviourAnswer[],
): Calibrators {
  const found: { -readonly [H in (typeof heads)[number]]?: Calibrator } = {};
  for (const head of heads) {
    const known = examples.flatMap(({ labels }, i) => {
      const [label, chance] = [labels[head], answers[i]?.[head]];
      return label === undefined || chance === undefined ? [] : [{ label, chance }];
    });
    const y = Float64Array.from(known, ({ label }) => label);
    if (y.includes(0) && y.includes(1)) {
      found[head] = fitPlatt({ y, predicted: Float64Array.from(known, ({ chance }) => chance) });
    }
  }
  return found;
}

export const calibrated = (
  answers: readonly BehaviourAnswer[],
  calibrators: Calibrators,
): BehaviourAnswer[] =>
  answers.map((answer) => ({
    ...answer,
    purchase: through(calibrators.purchase, answer.purchase),
    churn: through(calibrators.churn, answer.churn),
  }));

const through = (calibrator: Calibrator | undefined, chance: number): number =>
  calibrator ? (calibrate(calibrator, Float64Array.of(chance))[0] ?? chance) : chance;
