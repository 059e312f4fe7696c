/** The losses that boosting descends. */
import { softmax } from './predict.ts';
import type { Target } from './settings.ts';

export interface Loss {
  /** Scores per row. */
  readonly outputs: number;
  /** Where boosting starts, from the weighted means of the target. */
  base(means: Float64Array): Float64Array;
  /** First and second derivatives by the scores; by output, one entry per row. Overwrites its last answer. */
  derive(y: Float64Array, scores: Float64Array, weights: Float64Array): readonly Derivatives[];
  /** Loss of one row. */
  at(y: number, scores: Float64Array): number;
}

export interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** A class that never or always comes keeps a finite score. */
const SMALLEST = 1e-6;
const clamp = (share: number): number => Math.min(1 - SMALLEST, Math.max(SMALLEST, share));

export function lossFor(target: Target, rows: number): Loss {
  if (target === 'binary') return logLoss(rows);
  return target === 'number' ? squaredError(rows) : softmaxLoss(target.classes, rows);
}

const buffers = (rows: number): Derivatives => ({
  gradient: new Float64Array(rows),
  hessian: new Float64Array(rows),
});

function logLoss(rows: number): Loss {
  const into = buffers(rows);
  return {
    outputs: 1,
    base: ([mean = 0]) => Float64Array.of(Math.log(clamp(mean) / (1 - clamp(mean)))),
    derive(y, scores, weights) {
      for (let row = 0; row < rows; row++) {
        const p = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
        const weight = weights[row] ?? 0;
        into.gradient[row] = weight * (p - (y[row] ?? 0));
        into.hessian[row] = weight * Math.max(p * (1 - p), 1e-16);
      }
      return [into];
    },
    at: (y, [score = 0]) => Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - y * score,
  };
}

function squaredError(rows: number): Loss {
  const into = buffers(rows);
  return {
    outputs: 1,
    base: (means) => means,
    derive(y, scores, weights) {
      for (let row = 0; row < rows; row++) {
        into.gradient[row] = (weights[row] ?? 0) * ((scores[row] ?? 0) - (y[row] ?? 0));
      }
      into.hessian.set(weights);
      return [into];
    },
    at: (y, [score = 0]) => (score - y) ** 2,
  };
}

function softmaxLoss(classes: number, rows: number): Loss {
  const into = Array.from({ length: classes }, () => buffers(rows));
  const p = new Float64Array(classes);
  return {
    outputs: classes,
    base: (means) => means.map((share) => Math.log(clamp(share))),
    derive(y, scores, weights) {
      for (let row = 0; row < rows; row++) {
        p.set(scores.subarray(row * classes, (row + 1) * classes));
        softmax(p);
        const weight = weights[row] ?? 0;
        into.forEach(({ gradient, hessian }, k) => {
          const share = p[k] ?? 0;
          gradient[row] = weight * (share - Number(y[row] === k));
          hessian[row] = weight * Math.max(share * (1 - share), 1e-16);
        });
      }
      return into;
    },
    at(y, scores) {
      p.set(scores);
      softmax(p);
      return -Math.log(Math.max(p[y] ?? 0, Number.MIN_VALUE));
    },
  };
}
