/** Logistic and softmax regression. */
import type { Matrix as Dense } from 'ml-matrix';
import { WellspringError } from '../../domain/errors.ts';
import type { FitOptions, Matrix } from '../selection/learner.ts';
import { type Minimum, minimise } from './lbfgs.ts';
import type { FitReport, LinearModel } from './model.ts';
import { covarianceAt, newton } from './newton.ts';
import { loss, type Problem } from './objective.ts';
import { checkRows, columnMeans, type Rows } from './rows.ts';
import { standardise } from './standardise.ts';
import { centredIntercepts, inUnits, picked } from './units.ts';
import { checkedWeights } from './weights.ts';

export interface ClassificationSettings {
  /**
   * Penalty: ridge / 2 * the sum of squared coefficients, never of intercepts. Of standardised columns where rows are
   * dense, of columns as they are where rows are sparse. Sparse rows need one above 0.
   * @default 0 for dense rows, 1 for sparse ones
   */
  readonly ridge?: number;
  /** Standard errors, for dense rows. Takes rows * (columns * outputs)^2 operations. @default true */
  readonly errors?: boolean;
  /** @default 500 */
  readonly maxSteps?: number;
  /** Of the largest entry of the gradient per unit of weight. @default 1e-8 for dense rows, 1e-6 for sparse ones */
  readonly tolerance?: number;
  readonly onStep?: (step: number, loss: number) => void;
}

/**
 * P(1) = 1 / (1 + exp(-theta . x)). Dense rows: Newton; sparse rows: L-BFGS.
 * @throws WellspringError `refused` for rows that do not fit, an outcome that is not 0 or 1, a single outcome, or columns
 * that depend on each other without a ridge.
 */
export const trainLogistic = (
  x: Rows,
  y: Float64Array,
  settings: ClassificationSettings = {},
  options: Partial<FitOptions> = {},
): LinearModel => train(x, y, 2, 'logistic', settings, options);

/**
 * P(class) = exp(theta_class . x) / Z, by L-BFGS. Coefficients sum to 0 over the classes.
 * @throws WellspringError `refused` for rows that do not fit, or unless each class 0 .. classes - 1 has a row.
 */
export const trainSoftmax = (
  x: Rows,
  y: Float64Array,
  classes: number,
  settings: ClassificationSettings = {},
  options: Partial<FitOptions> = {},
): LinearModel => train(x, y, classes, 'softmax', settings, options);

function train(
  x: Rows,
  y: Float64Array,
  classes: number,
  kind: 'logistic' | 'softmax',
  settings: ClassificationSettings,
  options: Partial<FitOptions>,
): LinearModel {
  checkRows(x);
  const weights = checkedWeights(x.rows, y, options.weights, classes);
  const outputs = kind === 'logistic' ? 1 : classes;
  return 'data' in x
    ? trainDense({ x, y, weights, outputs, ridge: settings.ridge ?? 0 }, kind, settings)
    : trainSparse({ x, y, weights, outputs, ridge: settings.ridge ?? 1 }, kind, settings);
}

function trainSparse(
  problem: Problem,
  kind: LinearModel['kind'],
  { maxSteps = 500, tolerance = 1e-6, ...settings }: ClassificationSettings,
): LinearModel {
  const { x, weights, outputs, ridge } = problem;
  if (!(ridge > 0)) throw new WellspringError('refused', 'sparse rows need a ridge above 0');
  const { found, report } = descend(problem, { maxSteps, tolerance, ...settings });
  return {
    kind,
    columns: x.columns,
    outputs,
    theta: found.at.slice(0, x.columns * outputs),
    intercepts: centredIntercepts(found.at.slice(x.columns * outputs)),
    means: columnMeans(x, weights),
    fit: report,
  };
}

function descend(problem: Problem, settings: ClassificationSettings): Settled {
  const { maxSteps = 500, tolerance = 1e-8, onStep } = settings;
  const total = problem.weights.reduce((a, b) => a + b, 0);
  const start = new Float64Array((problem.x.columns + 1) * problem.outputs);
  const limits = { maxSteps, tolerance: tolerance * total, ...(onStep && { onStep }) };
  const found = minimise((at) => loss(problem, at), start, limits);
  const says = found.converged
    ? `Converged in ${found.steps} steps.`
    : `Stopped after ${found.steps} steps, not converged.`;
  const { steps, converged } = found;
  const { ridge, x } = problem;
  return { found, report: { rows: x.rows, steps, converged, ridge, separated: false, says } };
}

type DenseProblem = Problem & { readonly x: Matrix };

interface Settled {
  readonly found: Minimum;
  readonly report: FitReport;
  /** Of the parameters of standardised columns. */
  readonly covariance?: Dense;
}

function trainDense(
  given: DenseProblem,
  kind: LinearModel['kind'],
  settings: ClassificationSettings,
): LinearModel {
  const standard = standardise(given.x, given.weights);
  const varying = [...standard.deviations.keys()].filter((c) => (standard.deviations[c] ?? 0) > 0);
  const settled = settle({ ...given, x: picked(standard.z, varying) }, settings);
  const { outputs } = given;
  const units = inUnits(standard, varying, outputs, { at: settled.found.at, covariance: settled.covariance });
  return { kind, columns: given.x.columns, outputs, means: standard.means, ...units, fit: settled.report };
}

/** Penalty that gives separated classes finite coefficients: a normal prior of standard deviation 1. */
const SEPARATION_RIDGE = 1;

/**
 * Signs of coefficients without end, in standardised columns: such a size (odds times e^15 per standard deviation) or such
 * a standard error is found in no real relation.
 */
const ENDLESS = 15;
const UNBOUNDED = 50;

/** Fits, and where classes turn out to be separated fits again with a penalty, and says so. */
function settle(problem: DenseProblem, settings: ClassificationSettings): Settled {
  const { errors = true } = settings;
  if (problem.ridge > 0) return fitOnce(problem, settings, errors);
  if (!covarianceAt(problem, new Float64Array((problem.x.columns + 1) * problem.outputs))) {
    throw new WellspringError('refused', 'columns depend on each other; leave one out or set a ridge');
  }
  const first = fitOnce(problem, settings, true);
  if (!isSeparated(problem, first)) return first;
  const again = fitOnce({ ...problem, ridge: SEPARATION_RIDGE }, settings, errors);
  const says = `Some columns separate the classes without error, so coefficients have no finite best value; a ridge of ${SEPARATION_RIDGE} was set, and intervals rest on it.`;
  return { ...again, report: { ...again.report, separated: true, says } };
}

function fitOnce(problem: DenseProblem, settings: ClassificationSettings, errors: boolean): Settled {
  const { found, report } = problem.outputs === 1 ? byNewton(problem) : descend(problem, settings);
  const covariance = errors ? covarianceAt(problem, found.at) : undefined;
  return { found, report, ...(covariance && { covariance }) };
}

function isSeparated({ x, outputs }: DenseProblem, { found, covariance }: Settled): boolean {
  if (!covariance || !found.converged) return true;
  return found.at
    .subarray(0, x.columns * outputs)
    .some((value, i) => Math.abs(value) > ENDLESS || covariance.get(i, i) > UNBOUNDED ** 2);
}

function byNewton(problem: DenseProblem): Settled {
  const found = newton(problem);
  const { steps, converged } = found;
  const says = converged ? `Converged in ${steps} steps.` : `Stopped after ${steps} steps, not converged.`;
  const { ridge, x } = problem;
  return { found, report: { rows: x.rows, steps, converged, ridge, separated: false, says } };
}
