/** What a term is worth before a classifier is trained: inverse document frequency, or naive Bayes log ratios. */
import type { SparseMatrix } from '../linear/rows.ts';

export interface TermCounts {
  /** Texts of each class that hold the term: columns x classes. */
  readonly counts: Float64Array;
  /** Texts that hold the term. */
  readonly texts: Float64Array;
  /** Texts of each class. */
  readonly perClass: Float64Array;
}

export function countTerms(x: SparseMatrix, y: Float64Array, classes: number): TermCounts {
  const counts = new Float64Array(x.columns * classes);
  const texts = new Float64Array(x.columns);
  const perClass = new Float64Array(classes);
  for (let row = 0; row < x.rows; row++) {
    const label = y[row] ?? 0;
    perClass[label] = (perClass[label] ?? 0) + 1;
    const end = x.starts[row + 1] ?? 0;
    for (let e = x.starts[row] ?? 0; e < end; e++) {
      const column = x.indices[e] ?? 0;
      texts[column] = (texts[column] ?? 0) + 1;
      const to = column * classes + label;
      counts[to] = (counts[to] ?? 0) + 1;
    }
  }
  return { counts, texts, perClass };
}

/** ln(1 + texts / texts with the term), alike for all classes; columns x classes. */
export function inverseFrequency({ counts, texts, perClass }: TermCounts): Float64Array {
  const total = perClass.reduce((a, b) => a + b, 0);
  const classes = perClass.length;
  return counts.map((_, i) => {
    const held = texts[Math.floor(i / classes)] ?? 0;
    return held === 0 ? 0 : Math.log(1 + total / held);
  });
}

/**
 * |ln(P(term | class) / P(term | other classes))|, the features of Wang and Manning (2012), one class against the rest,
 * each chance with one text added on either side; columns x classes.
 */
export function bayesRatio({ counts, texts, perClass }: TermCounts): Float64Array {
  const total = perClass.reduce((a, b) => a + b, 0);
  const classes = perClass.length;
  return counts.map((held, i) => {
    const inClass = perClass[i % classes] ?? 0;
    const others = (texts[Math.floor(i / classes)] ?? 0) - held;
    return Math.abs(Math.log((held + 1) / (inClass + 2)) - Math.log((others + 1) / (total - inClass + 2)));
  });
}

/**
 * Multinomial naive Bayes over the first `columns` terms, present or not: ln P(term | class) less its mean over the
 * classes; 0 for other terms. columns x classes.
 */
export function bayesScores({ counts, perClass }: TermCounts, columns: number): Float64Array {
  const classes = perClass.length;
  const end = columns * classes;
  const totals = new Float64Array(classes).fill(columns);
  for (let i = 0; i < end; i++) totals[i % classes] = (totals[i % classes] ?? 0) + (counts[i] ?? 0);
  const scores = counts.map((held, i) => (i < end ? Math.log((held + 1) / (totals[i % classes] ?? 1)) : 0));
  for (let from = 0; from < end; from += classes) {
    const part = scores.subarray(from, from + classes);
    const mean = part.reduce((a, b) => a + b, 0) / classes;
    for (let c = 0; c < classes; c++) part[c] = (part[c] ?? 0) - mean;
  }
  return scores;
}
