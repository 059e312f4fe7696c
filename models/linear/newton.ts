/** Newton's method for logistic regression, and the inverse of the observed information. */
import { CholeskyDecomposition, Matrix as Dense } from 'ml-matrix';
import { WellspringError } from '../../domain/errors.ts';
import type { Matrix } from '../selection/learner.ts';
import type { Minimum } from './lbfgs.ts';
import { information, loss, type Problem } from './objective.ts';

export type DenseProblem = Problem & { readonly x: Matrix };

/** Without separation about 8 steps do; with it each step makes the scores about 1 larger, for ever. */
const MAX_STEPS = 25;
const SMALL_STEP = 1e-8;

/**
 * Not converged: classes are separated, wholly or in part.
 * @throws WellspringError `refused` when columns depend on each other and there is no ridge.
 */
export function newton(problem: DenseProblem): Minimum {
  let at: Float64Array = new Float64Array(problem.x.columns + 1);
  let now = loss(problem, at);
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const factor = factorOf(information(problem, at));
    if (!factor && steps === 0) {
      throw new WellspringError('refused', 'columns depend on each other; leave one out or set a ridge');
    }
    if (!factor) return { at, value: now.value, steps, converged: false };
    const step = factor.solve(Dense.columnVector(Array.from(now.gradient))).to1DArray();
    let share = 1;
    let next = moved(at, step, share);
    while (share > 1e-6 && !(loss(problem, next).value <= now.value)) next = moved(at, step, (share /= 2));
    at = next;
    now = loss(problem, at);
    const largest = step.reduce((max, part) => Math.max(max, Math.abs(part)), 0);
    if (largest <= SMALL_STEP) return { at, value: now.value, steps: steps + 1, converged: true };
  }
  return { at, value: now.value, steps: MAX_STEPS, converged: false };
}

const moved = (at: Float64Array, step: readonly number[], share: number): Float64Array =>
  at.map((value, i) => value - share * (step[i] ?? 0));

/** Pivots below this share of their diagonal are rounding. */
const LEAST_PIVOT = 1e-11;

function factorOf(symmetric: Dense): CholeskyDecomposition | undefined {
  const factor = new CholeskyDecomposition(symmetric);
  if (!factor.isPositiveDefinite()) return undefined;
  const lower = factor.lowerTriangularMatrix;
  for (let i = 0; i < lower.rows; i++) {
    if (lower.get(i, i) ** 2 <= LEAST_PIVOT * symmetric.get(i, i)) return undefined;
  }
  return factor;
}

/**
 * Covariance of the parameters at the minimum; undefined when columns depend on each other and there is no ridge.
 * With several outputs, that of coefficients that sum to 0 over the classes: adding the same to all classes changes no
 * probability, so that direction is pinned before the inverse and taken out after it.
 */
export function covarianceAt(problem: DenseProblem, at: Float64Array): Dense | undefined {
  const { outputs } = problem;
  const whole = information(problem, at);
  const pin = outputs === 1 ? 0 : whole.trace() / whole.rows / outputs;
  const factor = factorOf(eachBlock(whole, outputs, (value) => value + pin));
  if (!factor) return undefined;
  const inverse = factor.solve(Dense.eye(whole.rows));
  return outputs === 1 ? inverse : centred(centred(inverse, outputs).transpose(), outputs);
}

/** Changes the entries that belong to one pair of columns' diagonal block. */
function eachBlock(matrix: Dense, outputs: number, change: (value: number) => number): Dense {
  for (let from = 0; from < matrix.rows; from += outputs) {
    for (let c = from; c < from + outputs; c++) {
      for (let d = from; d < from + outputs; d++) matrix.set(c, d, change(matrix.get(c, d)));
    }
  }
  return matrix;
}

/** Takes the mean over the classes from the rows of every column. */
function centred(matrix: Dense, outputs: number): Dense {
  for (let from = 0; from < matrix.rows; from += outputs) {
    for (let column = 0; column < matrix.columns; column++) {
      let sum = 0;
      for (let c = from; c < from + outputs; c++) sum += matrix.get(c, column);
      for (let c = from; c < from + outputs; c++) {
        matrix.set(c, column, matrix.get(c, column) - sum / outputs);
      }
    }
  }
  return matrix;
}
