/** The two parts of a text classifier, fitted on described texts: softmax regression and naive Bayes. */
import { minimise } from '../linear/lbfgs.ts';
import { loss, type Problem } from '../linear/objective.ts';
import { multiply, type SparseMatrix } from '../linear/rows.ts';
import { bayesRatio, bayesScores, countTerms, inverseFrequency } from './scales.ts';

export interface FitSettings {
  /** What a term's coefficient is drawn to 0 against: rare terms get more room, or terms that naive Bayes finds telling. */
  readonly weighting: 'idf' | 'bayes';
  /** Penalty: ridge / 2 * the sum of (coefficient / weighting)^2. */
  readonly ridge: number;
  /** Terms in fewer texts are left out. */
  readonly least: number;
}

/** A linear score. */
export interface Scorer {
  /** columns x classes. */
  readonly theta: Float64Array;
  readonly intercepts: Float64Array;
}

/** Both parts, each scaled so that its mean size of score on the training texts is 1. */
export interface Parts {
  readonly regression: Scorer;
  readonly bayes: Scorer;
  /** Bucket of each column. */
  readonly buckets: readonly number[];
  readonly steps: number;
  readonly converged: boolean;
}

const MAX_STEPS = 150;
/** Of the largest entry of the gradient, per text: far below what moves a prediction. */
const TOLERANCE = 1e-4;

/** @param x rows over all buckets, words in the lower half */
export function fitParts(x: SparseMatrix, y: Float64Array, classes: number, settings: FitSettings): Parts {
  const { dense, buckets } = used(x, settings.least);
  const counts = countTerms(dense, y, classes);
  const scales = settings.weighting === 'idf' ? inverseFrequency(counts) : bayesRatio(counts);
  const weights = new Float64Array(x.rows).fill(1);
  const found = regress({ x: dense, y, weights, outputs: classes, ridge: settings.ridge }, scales);
  const words = buckets.filter((bucket) => bucket < x.columns / 2).length;
  const bayes = { theta: bayesScores(counts, words), intercepts: new Float64Array(classes) };
  const { steps, converged } = found;
  return { regression: scaled(dense, found), bayes: scaled(dense, bayes), buckets, steps, converged };
}

/** (1 - share) * regression + share * naive Bayes, over all buckets. */
export function mix({ regression, bayes, buckets }: Parts, share: number, columns: number): Scorer {
  const classes = regression.intercepts.length;
  const theta = new Float64Array(columns * classes);
  for (const [column, bucket] of buckets.entries()) {
    for (let c = 0; c < classes; c++) {
      const at = column * classes + c;
      theta[bucket * classes + c] =
        (1 - share) * (regression.theta[at] ?? 0) + share * (bayes.theta[at] ?? 0);
    }
  }
  return { theta, intercepts: regression.intercepts.map((value) => value * (1 - share)) };
}

/** rows x classes. */
export function scoresOf(x: SparseMatrix, { theta, intercepts }: Scorer): Float64Array {
  const classes = intercepts.length;
  return multiply(x, theta, classes).map((value, i) => value + (intercepts[i % classes] ?? 0));
}

function scaled(x: SparseMatrix, { theta, intercepts }: Scorer): Scorer {
  const scores = scoresOf(x, { theta, intercepts });
  const size = Math.max(1e-9, scores.reduce((sum, value) => sum + Math.abs(value), 0) / scores.length);
  return { theta: theta.map((value) => value / size), intercepts: intercepts.map((value) => value / size) };
}

/** The same rows over those columns only that occur in at least `least` rows. */
function used(x: SparseMatrix, least: number): { dense: SparseMatrix; buckets: number[] } {
  const texts = new Int32Array(x.columns);
  for (const bucket of x.indices) texts[bucket] = (texts[bucket] ?? 0) + 1;
  const buckets = [...texts.keys()].filter((bucket) => (texts[bucket] ?? 0) >= Math.max(1, least));
  const columnOf = new Int32Array(x.columns).fill(-1);
  buckets.forEach((bucket, column) => (columnOf[bucket] = column));
  const starts = new Int32Array(x.rows + 1);
  const kept = new Int32Array(x.indices.length);
  let entries = 0;
  for (let row = 0; row < x.rows; row++) {
    const end = x.starts[row + 1] ?? 0;
    for (let e = x.starts[row] ?? 0; e < end; e++) {
      if ((columnOf[x.indices[e] ?? 0] ?? -1) >= 0) kept[entries++] = e;
    }
    starts[row + 1] = entries;
  }
  const indices = kept.slice(0, entries).map((e) => columnOf[x.indices[e] ?? 0] ?? 0);
  const values = Float32Array.from(kept.subarray(0, entries), (e) => x.values[e] ?? 0);
  return { dense: { rows: x.rows, columns: buckets.length, starts, indices, values }, buckets };
}

/** Softmax regression where coefficient i is scales[i] times a parameter that is penalised. */
function regress(
  { ridge, ...rest }: Problem & { readonly x: SparseMatrix },
  scales: Float64Array,
): Scorer & Pick<Parts, 'steps' | 'converged'> {
  const problem = { ...rest, ridge: 0 };
  const inner = scales.length;
  const stretched = (at: Float64Array): Float64Array => at.map((value, i) => value * (scales[i] ?? 1));
  const found = minimise(
    (at) => {
      const { value, gradient } = loss(problem, stretched(at));
      let penalty = 0;
      for (let i = 0; i < inner; i++) {
        const parameter = at[i] ?? 0;
        penalty += parameter * parameter;
        gradient[i] = (gradient[i] ?? 0) * (scales[i] ?? 0) + ridge * parameter;
      }
      return { value: value + (ridge / 2) * penalty, gradient };
    },
    new Float64Array(inner + problem.outputs),
    { maxSteps: MAX_STEPS, tolerance: TOLERANCE * problem.x.rows },
  );
  const theta = stretched(found.at);
  const { steps, converged } = found;
  return { theta: theta.slice(0, inner), intercepts: theta.slice(inner), steps, converged };
}
