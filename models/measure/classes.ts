/** Measures of predicted classes, which are integers from 0. */
import { WellspringError } from '../../domain/errors.ts';

/**
 * counts[truth][predicted].
 * @throws WellspringError `refused` without rows, with lists of two lengths, or for a class that is not 0 .. classes - 1.
 */
export function confusion(y: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  if (y.length === 0 || y.length !== predicted.length) {
    throw new WellspringError(
      'refused',
      `${y.length} outcomes and ${predicted.length} predictions to compare`,
    );
  }
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < y.length; i++) {
    const row = counts[y[i] ?? -1];
    const column = predicted[i] ?? -1;
    const count = row?.[column];
    if (!row || count === undefined) {
      throw new WellspringError(
        'refused',
        `row ${i} has class ${y[i]} or ${predicted[i]}, not 0 to ${classes - 1}`,
      );
    }
    row[column] = count + 1;
  }
  return counts;
}

/** Share of rows on the diagonal. */
export function accuracy(counts: readonly (readonly number[])[]): number {
  const all = counts.flat().reduce((a, b) => a + b, 0);
  return counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / all;
}

/** F1 of each class: 2 right / (rows of it + predictions of it); 0 for a class that is never right. */
export function f1(counts: readonly (readonly number[])[]): number[] {
  return counts.map((row, c) => {
    const rows = row.reduce((a, b) => a + b, 0);
    const predictions = counts.reduce((sum, other) => sum + (other[c] ?? 0), 0);
    return rows + predictions === 0 ? 0 : (2 * (row[c] ?? 0)) / (rows + predictions);
  });
}

/** Mean F1 over the classes that occur, in truth or in prediction. */
export function macroF1(counts: readonly (readonly number[])[]): number {
  const scores = f1(counts);
  const occur = scores.filter((_, c) =>
    counts.some((row, r) => (r === c ? row.some((n) => n > 0) : (row[c] ?? 0) > 0)),
  );
  return occur.reduce((a, b) => a + b, 0) / occur.length;
}
