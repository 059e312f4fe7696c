/** Linear regression by QR, which keeps twice the digits that the normal equations would. */
import { Matrix as Dense, QrDecomposition } from 'ml-matrix';
import { WellspringError } from '../../domain/errors.ts';
import type { FitOptions, Matrix } from '../selection/learner.ts';
import type { LinearModel } from './model.ts';
import { checkRows } from './rows.ts';
import { backward, type Standardised, standardise } from './standardise.ts';
import { checkedWeights } from './weights.ts';

export interface RegressionSettings {
  /** Penalty: ridge / 2 * the sum of squared coefficients of standardised columns; never on the intercept. @default 0 */
  readonly ridge?: number;
  /** `robust`: HC3 standard errors (MacKinnon and White 1985), right also where the noise is not equal. @default 'equal' */
  readonly noise?: 'equal' | 'robust';
}

export interface RegressionModel extends LinearModel {
  readonly kind: 'linear';
  /** Share of the variance that is explained, on the training rows. */
  readonly r2: number;
  /** Standard deviation of the residuals. */
  readonly sigma: number;
}

/**
 * Minimises the sum of w * (y - score)^2 / 2 plus the penalty. Weights are taken as precisions.
 * @throws WellspringError `refused` for rows that do not fit, fewer rows than coefficients, or columns that depend on
 * each other without a ridge.
 */
export function trainLinear(
  x: Matrix,
  y: Float64Array,
  { ridge = 0, noise = 'equal' }: RegressionSettings = {},
  options: Partial<FitOptions> = {},
): RegressionModel {
  checkRows(x);
  const weights = checkedWeights(x.rows, y, options.weights);
  const standard = standardise(x, weights);
  const varying = [...standard.deviations.keys()].filter((c) => (standard.deviations[c] ?? 0) > 0);
  const design = { standard, varying, y, weights };
  const degreesOfFreedom = weights.filter((w) => w > 0).length - varying.length - 1;
  if (degreesOfFreedom < 1) {
    throw new WellspringError('refused', `${x.rows} rows are too few for ${varying.length} columns`);
  }
  const solved = solve(triangle(design, ridge));
  const residuals = residualsOf(design, solved.beta);
  const squares = residuals.reduce((sum, r, row) => sum + (weights[row] ?? 0) * r * r, 0);
  const sigma = Math.sqrt(squares / degreesOfFreedom);
  const covariance =
    noise === 'equal'
      ? solved.inverse.mmul(solved.inverse.transpose()).mul(sigma * sigma)
      : robustCovariance(design, solved.inverse, residuals);
  const says = `Solved exactly; ${x.columns - varying.length} columns that did not vary were left out.`;
  return {
    kind: 'linear',
    columns: x.columns,
    outputs: 1,
    means: standard.means,
    ...inUnits(design, solved.beta, covariance, degreesOfFreedom),
    r2: 1 - squares / spread(y, weights),
    sigma,
    fit: { rows: x.rows, steps: 1, converged: true, ridge, separated: false, says },
  };
}

interface Design {
  readonly standard: Standardised;
  /** Columns that are fitted. */
  readonly varying: readonly number[];
  readonly y: Float64Array;
  readonly weights: Float64Array;
}

/** A row of the design: fitted columns of z, then 1, times the root of the weight. */
function designRow({ standard: { z }, varying, weights }: Design, row: number): number[] {
  const root = Math.sqrt(weights[row] ?? 0);
  return [...varying.map((column) => (z.data[row * z.columns + column] ?? 0) * root), root];
}

const BLOCK = 512;

/** R of the QR decomposition of [design, y] with the penalty as further rows, block by block. */
function triangle(design: Design, ridge: number): Dense {
  const size = design.varying.length + 2;
  let stack = design.varying.map((_, at) =>
    Array.from({ length: size }, (__, i) => (i === at ? Math.sqrt(ridge) : 0)),
  );
  for (let row = 0; row < design.y.length; row++) {
    stack.push([...designRow(design, row), (design.y[row] ?? 0) * Math.sqrt(design.weights[row] ?? 0)]);
    if (stack.length >= BLOCK + size && row < design.y.length - 1) stack = reduce(stack).to2DArray();
  }
  return reduce(stack);
}

const reduce = (stack: number[][]): Dense => new QrDecomposition(new Dense(stack)).upperTriangularMatrix;

/** A pivot this much smaller than the largest is rounding. */
const LEAST_PIVOT = 1e-11;

/** `inverse`: of R without its last column, so that inverse * inverse' is that of the normal equations. */
function solve(r: Dense): { beta: Float64Array; inverse: Dense } {
  const size = r.columns - 1;
  const pivots = Array.from({ length: size }, (_, i) => Math.abs(r.get(i, i)));
  if (Math.min(...pivots) <= LEAST_PIVOT * Math.max(...pivots)) {
    throw new WellspringError('refused', 'columns depend on each other; leave one out or set a ridge');
  }
  const inverse = Dense.zeros(size, size);
  for (let column = 0; column < size; column++) {
    for (let i = column; i >= 0; i--) {
      let sum = i === column ? 1 : 0;
      for (let k = i + 1; k <= column; k++) sum -= r.get(i, k) * inverse.get(k, column);
      inverse.set(i, column, sum / r.get(i, i));
    }
  }
  const right = r.subMatrix(0, size - 1, size, size);
  return { beta: Float64Array.from(inverse.mmul(right).to1DArray()), inverse };
}

function residualsOf({ standard: { z }, varying, y }: Design, beta: Float64Array): Float64Array {
  const intercept = beta.at(-1) ?? 0;
  return y.map((target, row) =>
    varying.reduce(
      (left, column, at) => left - (z.data[row * z.columns + column] ?? 0) * (beta[at] ?? 0),
      target - intercept,
    ),
  );
}

/** Each squared residual counts for itself, raised by what the row drew the fit towards it. */
function robustCovariance(design: Design, inverse: Dense, residuals: Float64Array): Dense {
  const size = inverse.rows;
  const middle = Dense.zeros(size, size);
  residuals.forEach((residual, row) => {
    const values = designRow(design, row);
    const turned = Array.from({ length: size }, (_, column) =>
      values.reduce((sum, value, k) => sum + value * inverse.get(k, column), 0),
    );
    const left = 1 - turned.reduce((sum, value) => sum + value * value, 0);
    if (left < 1e-10) return;
    const share = ((design.weights[row] ?? 0) * residual * residual) / (left * left);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) {
        middle.set(i, k, middle.get(i, k) + share * (turned[i] ?? 0) * (turned[k] ?? 0));
      }
    }
  });
  return inverse.mmul(middle).mmul(inverse.transpose());
}

/** Coefficients and errors in the units of the columns. */
function inUnits(
  { standard, varying }: Design,
  beta: Float64Array,
  covariance: Dense,
  degreesOfFreedom: number,
): Pick<LinearModel, 'theta' | 'intercepts' | 'uncertainty'> {
  const columns = standard.means.length;
  const taken = [...varying, columns];
  const rows = Array.from({ length: columns + 1 }, (_, a) => {
    const whole = backward(standard, a);
    return taken.map((column) => whole[column] ?? 0);
  });
  const all = rows.map((row) => row.reduce((sum, share, i) => sum + share * (beta[i] ?? 0), 0));
  const errors = Float64Array.from(rows, (row) => {
    const vector = Dense.rowVector(row);
    return Math.sqrt(Math.max(0, vector.mmul(covariance).mmul(vector.transpose()).get(0, 0)));
  });
  return {
    theta: Float64Array.from(all.slice(0, columns)),
    intercepts: Float64Array.of(all[columns] ?? 0),
    uncertainty: { errors, degreesOfFreedom },
  };
}

function spread(y: Float64Array, weights: Float64Array): number {
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = y.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0) / total;
  return y.reduce((sum, value, row) => sum + (weights[row] ?? 0) * (value - mean) ** 2, 0);
}
