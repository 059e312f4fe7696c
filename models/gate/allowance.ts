/** How far off chances may seem on few cases, though they are exact. */
import { calibrationError } from '../measure/binary.ts';

const ROUNDS = 200;
const QUANTILE = 0.95;

/**
 * 95 % quantile of the expected calibration error when every outcome is drawn with exactly the predicted chance: what is
 * below it, luck explains (parametric bootstrap).
 */
export function calibrationLuck(predicted: readonly number[], random: () => number): number {
  const errors = Array.from({ length: ROUNDS }, () => {
    const drawn = predicted.map((chance) => (random() < chance ? 1 : 0));
    return calibrationError(drawn, predicted);
  });
  errors.sort((a, b) => a - b);
  return errors[Math.floor(QUANTILE * ROUNDS)] ?? 0;
}
