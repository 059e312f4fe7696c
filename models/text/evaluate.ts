/** How well a text classifier does on texts that it had not seen. */
import { WellspringError } from '../../domain/errors.ts';
import { evaluateClasses, likeliest } from '../linear/evaluate.ts';
import { calibrationError } from '../measure/binary.ts';
import { predictText, type TextModel } from './model.ts';

/**
 * accuracy, macroF1, logLoss, and ece: the calibration error of the chance given to the answer.
 * @throws WellspringError `refused` without texts or for a label that is none of the classes.
 */
export function evaluateText(
  model: TextModel,
  texts: readonly string[],
  labels: readonly string[],
): { accuracy: number; macroF1: number; logLoss: number; ece: number } {
  const y = Float64Array.from(labels, (label) => model.classes.indexOf(label));
  if (y.length !== texts.length || y.includes(-1)) {
    throw new WellspringError('refused', 'each text needs a label that is one of the classes');
  }
  return evaluateChances(predictText(model, texts), y, model.classes.length);
}

/** @param chances texts x classes */
export function evaluateChances(
  chances: Float64Array,
  y: Float64Array,
  classes: number,
): { accuracy: number; macroF1: number; logLoss: number; ece: number } {
  const answers = likeliest(chances, classes);
  const right = y.map((label, row) => Number(answers[row] === label));
  const given = Float64Array.from(answers, (answer, row) => chances[row * classes + answer] ?? 0);
  return { ...evaluateClasses(chances, y, classes), ece: calibrationError(right, given) };
}
