/** A trained text classifier and what it answers. */
import { softmax } from '../linear/model.ts';
import type { SparseMatrix } from '../linear/rows.ts';
import { describe as describeText, matrixOf } from './features.ts';
import { bucketOf, type FeaturePlan, termsOf } from './terms.ts';

export interface TextModel {
  readonly plan: FeaturePlan;
  readonly classes: readonly string[];
  /** buckets x classes, row-major, in units of `scale`. */
  readonly theta: Int8Array;
  /** One per class: theta * scale is what a term of weight 1 adds to the score. */
  readonly scale: Float32Array;
  readonly intercepts: Float32Array;
  readonly fit: TextFit;
}

export interface TextFit {
  readonly texts: number;
  readonly steps: number;
  readonly converged: boolean;
  /** Share of naive Bayes in the score, chosen on texts that were held out. */
  readonly bayes: number;
  /** By what scores were multiplied so that chances are right on texts that were held out. */
  readonly sharpness: number;
}

/** texts x classes probabilities, row-major. A text without terms gets the intercepts' answer. */
export const predictText = (model: TextModel, texts: readonly string[]): Float64Array =>
  predictRows(model, matrixOf(texts, model.plan));

/** The same for described texts. */
export function predictRows({ theta, scale, intercepts, classes }: TextModel, x: SparseMatrix): Float64Array {
  const k = classes.length;
  const scores = new Float64Array(x.rows * k);
  for (let row = 0; row < x.rows; row++) {
    const end = x.starts[row + 1] ?? 0;
    for (let c = 0; c < k; c++) {
      let sum = 0;
      for (let e = x.starts[row] ?? 0; e < end; e++) {
        sum += (x.values[e] ?? 0) * (theta[(x.indices[e] ?? 0) * k + c] ?? 0);
      }
      scores[row * k + c] = sum * (scale[c] ?? 0) + (intercepts[c] ?? 0);
    }
  }
  return softmax(scores, k);
}

export interface TermContribution {
  /** Words `w `, negated words `n `, letters within a word `c `. */
  readonly term: string;
  /** To the score of the class, less the mean over the classes. */
  readonly contribution: number;
}

/** The terms that drove a class most, for or against it; terms in one bucket share its contribution. */
export function explainText(model: TextModel, text: string, label: string, top = 8): TermContribution[] {
  const { plan, classes, theta, scale } = model;
  const c = classes.indexOf(label);
  const { buckets, weights } = describeText(text, plan);
  const weightOf = new Map(Array.from(buckets, (bucket, i) => [bucket, weights[i] ?? 0]));
  const terms = [...termsOf(text, plan).keys()].map((term) => ({
    term,
    bucket: bucketOf(term, plan.buckets),
  }));
  const sharing = Map.groupBy(terms, ({ bucket }) => bucket);
  return terms
    .map(({ term, bucket }) => {
      const parts = classes.map((_, i) => (theta[bucket * classes.length + i] ?? 0) * (scale[i] ?? 0));
      const mean = parts.reduce((a, b) => a + b, 0) / parts.length;
      const share = (weightOf.get(bucket) ?? 0) / (sharing.get(bucket)?.length ?? 1);
      return { term, contribution: share * ((parts[c] ?? 0) - mean) };
    })
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, top);
}
