/** The loss of classification and its derivatives. Parameters are (columns + 1) x outputs, row-major, intercepts last. */
import { Matrix as Dense } from 'ml-matrix';
import type { Matrix } from '../selection/learner.ts';
import type { Evaluated } from './lbfgs.ts';
import { sigmoid, softmax } from './model.ts';
import { multiply, multiplyTransposed, type Rows } from './rows.ts';

export interface Problem {
  readonly x: Rows;
  /** 0 or 1 for one output, otherwise the number of the class. */
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly outputs: number;
  /** Penalty ridge / 2 * the sum of squares, not of intercepts. */
  readonly ridge: number;
}

/** The weighted sum of -log P(what happened), plus the penalty. */
export function loss({ x, y, weights, outputs, ridge }: Problem, at: Float64Array): Evaluated {
  const inner = x.columns * outputs;
  const theta = at.subarray(0, inner);
  const residuals = multiply(x, theta, outputs);
  for (let i = 0; i < residuals.length; i++) {
    residuals[i] = (residuals[i] ?? 0) + (at[inner + (i % outputs)] ?? 0);
  }
  // Until here they were scores.
  let value =
    outputs === 1 ? judgeBinary(residuals, y, weights) : judgeClasses(residuals, y, weights, outputs);
  const gradient = new Float64Array(at.length);
  gradient.set(multiplyTransposed(x, residuals, outputs));
  for (let i = 0; i < inner; i++) {
    const parameter = theta[i] ?? 0;
    gradient[i] = (gradient[i] ?? 0) + ridge * parameter;
    value += (ridge / 2) * parameter * parameter;
  }
  for (let i = 0; i < residuals.length; i++) {
    const to = inner + (i % outputs);
    gradient[to] = (gradient[to] ?? 0) + (residuals[i] ?? 0);
  }
  return { value, gradient };
}

const probabilities = (raw: Float64Array, outputs: number): Float64Array =>
  outputs === 1 ? raw.map(sigmoid) : softmax(raw, outputs);

/** Replaces scores by weight * (P - happened), and returns the weighted sum of -log P(what happened). */
function judgeBinary(scores: Float64Array, y: Float64Array, weights: Float64Array): number {
  let lost = 0;
  for (let row = 0; row < scores.length; row++) {
    const [score, happened, weight] = [scores[row] ?? 0, y[row] ?? 0, weights[row] ?? 0];
    lost += weight * (Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - happened * score);
    scores[row] = weight * (sigmoid(score) - happened);
  }
  return lost;
}

/** The same for classes; the largest score of a row is taken out first, so that no exponential overflows. */
function judgeClasses(scores: Float64Array, y: Float64Array, weights: Float64Array, outputs: number): number {
  let lost = 0;
  for (let row = 0; row < y.length; row++) {
    const from = row * outputs;
    const weight = weights[row] ?? 0;
    const happened = from + (y[row] ?? 0);
    let top = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + outputs; i++) top = Math.max(top, scores[i] ?? 0);
    const own = (scores[happened] ?? 0) - top;
    let sum = 0;
    for (let i = from; i < from + outputs; i++) sum += scores[i] = Math.exp((scores[i] ?? 0) - top);
    for (let i = from; i < from + outputs; i++) scores[i] = (weight * (scores[i] ?? 0)) / sum;
    scores[happened] = (scores[happened] ?? 0) - weight;
    lost += weight * (Math.log(sum) - own);
  }
  return lost;
}

/** Second derivatives: the observed information. Order of rows and columns as the parameters. */
export function information(
  { x, weights, outputs, ridge }: Problem & { readonly x: Matrix },
  at: Float64Array,
): Dense {
  const size = (x.columns + 1) * outputs;
  const raw = multiply(x, at, outputs).map(
    (score, i) => score + (at[x.columns * outputs + (i % outputs)] ?? 0),
  );
  const chances = probabilities(raw, outputs);
  const sums = new Float64Array(size * size);
  const values = new Float64Array(x.columns + 1).fill(1);
  for (let row = 0; row < x.rows; row++) {
    values.set(x.data.subarray(row * x.columns, (row + 1) * x.columns));
    const curvature = curvatureOf(chances.subarray(row * outputs, (row + 1) * outputs), weights[row] ?? 0);
    addOuter(sums, values, curvature, outputs);
  }
  for (let i = 0; i < x.columns * outputs; i++) sums[i * size + i] = (sums[i * size + i] ?? 0) + ridge;
  return Dense.from1DArray(size, size, mirror(sums, size));
}

/** outputs x outputs: weight * (P_c [c = d] - P_c P_d). */
function curvatureOf(chances: Float64Array, weight: number): Float64Array {
  const outputs = chances.length;
  return Float64Array.from({ length: outputs * outputs }, (_, i) => {
    const [p, q] = [chances[Math.floor(i / outputs)] ?? 0, chances[i % outputs] ?? 0];
    return weight * (i % (outputs + 1) === 0 ? p - p * q : -p * q);
  });
}

/** Adds the blocks on and above the diagonal. */
function addOuter(sums: Float64Array, values: Float64Array, curvature: Float64Array, outputs: number): void {
  const size = values.length * outputs;
  for (let a = 0; a < values.length; a++) {
    const left = values[a] ?? 0;
    if (left === 0) continue;
    for (let c = 0; c < outputs; c++) {
      const from = (a * outputs + c) * size;
      for (let b = a; b < values.length; b++) {
        const product = left * (values[b] ?? 0);
        const to = from + b * outputs;
        for (let d = 0; d < outputs; d++) {
          sums[to + d] = (sums[to + d] ?? 0) + product * (curvature[c * outputs + d] ?? 0);
        }
      }
    }
  }
}

function mirror(sums: Float64Array, size: number): number[] {
  return Array.from(sums, (value, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return row <= column ? value : (sums[column * size + row] ?? 0);
  });
}
