/**
 * Makes probabilities mean what they say. A calibrator is fitted on predictions for rows that the model had not seen; on
 * its own training rows a model looks surer than it is.
 */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { crossValidate } from './cross-validate.ts';
import { stratifiedFolds } from './folds.ts';
import type { Fitted, Learner } from './learner.ts';

export const calibratorSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('platt'), slope: z.number(), intercept: z.number() }),
  /** Ascending knots; straight lines between them, constant outside. */
  z.object({ method: z.literal('isotonic'), from: z.array(z.number()), to: z.array(z.number()) }),
]);
/** A value that JSON can hold. */
export type Calibrator = z.infer<typeof calibratorSchema>;

/** Predictions and outcomes (0 or 1) of rows that the model had not seen. */
export interface HeldOut {
  readonly predicted: Float64Array;
  readonly y: Float64Array;
}

const LEAST = 1e-9;
/** Surer predictions are taken as this sure. */
export const MOST_LOG_ODDS: number = Math.log((1 - LEAST) / LEAST);
const logit = (p: number): number => {
  const inside = Math.min(1 - LEAST, Math.max(LEAST, p));
  return Math.log(inside / (1 - inside));
};
const logistic = (score: number): number => 1 / (1 + Math.exp(-score));

export function calibrate(calibrator: Calibrator, predicted: Float64Array): Float64Array {
  if (calibrator.method === 'platt') {
    return predicted.map((p) => logistic(calibrator.slope * logit(p) + calibrator.intercept));
  }
  return predicted.map((p) => interpolate(calibrator.from, calibrator.to, p));
}

function interpolate(from: readonly number[], to: readonly number[], value: number): number {
  let low = 0;
  let high = from.length - 1;
  if (!(value > (from[low] ?? 0))) return to[low] ?? 0;
  if (value >= (from[high] ?? 0)) return to[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((from[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const [a = 0, b = 0] = [from[low], from[high]];
  const share = (value - a) / (b - a);
  return (to[low] ?? 0) * (1 - share) + (to[high] ?? 0) * share;
}

/** @throws WellspringError `refused` without rows of both outcomes. */
function checkOutcomes({ predicted, y }: HeldOut): void {
  if (predicted.length !== y.length || !y.includes(0) || !y.includes(1) || predicted.some(Number.isNaN)) {
    throw new WellspringError('refused', 'calibration needs predictions and outcomes, some 0 and some 1');
  }
}

/**
 * Platt's logistic curve over the log odds, with his smoothed targets (Platt 1999), by Newton steps that are halved
 * until the loss falls.
 * @throws WellspringError `refused` without rows of both outcomes.
 */
export function fitPlatt(heldOut: HeldOut): Calibrator {
  checkOutcomes(heldOut);
  const scores = heldOut.predicted.map(logit);
  const ones = heldOut.y.reduce((a, b) => a + b, 0);
  const zeros = heldOut.y.length - ones;
  const targets = heldOut.y.map((y) => (y === 1 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2)));
  let at: Line = { slope: 1, intercept: 0 };
  for (let step = 0; step < 100; step++) {
    const next = newtonStep(scores, targets, at);
    const moved = Math.abs(next.slope - at.slope) + Math.abs(next.intercept - at.intercept);
    at = next;
    if (moved < 1e-10) break;
  }
  return { method: 'platt', ...at };
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

function loss(scores: Float64Array, targets: Float64Array, { slope, intercept }: Line): number {
  return scores.reduce((sum, s, i) => {
    const score = slope * s + intercept;
    return sum + Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - (targets[i] ?? 0) * score;
  }, 0);
}

function newtonStep(scores: Float64Array, targets: Float64Array, at: Line): Line {
  let [gs, gi, hss, hsi, hii] = [0, 0, LEAST, 0, LEAST];
  scores.forEach((s, i) => {
    const p = logistic(at.slope * s + at.intercept);
    const g = p - (targets[i] ?? 0);
    const h = p * (1 - p);
    gs += g * s;
    gi += g;
    hss += h * s * s;
    hsi += h * s;
    hii += h;
  });
  const determinant = hss * hii - hsi * hsi;
  const now = loss(scores, targets, at);
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = {
      slope: at.slope - (share * (hii * gs - hsi * gi)) / determinant,
      intercept: at.intercept - (share * (hss * gi - hsi * gs)) / determinant,
    };
    if (loss(scores, targets, next) <= now) return next;
  }
  return at;
}

/**
 * The rising step function closest to the outcomes by squared error (pool adjacent violators), with straight lines
 * between the blocks.
 * @throws WellspringError `refused` without rows of both outcomes.
 */
export function fitIsotonic(heldOut: HeldOut): Calibrator {
  checkOutcomes(heldOut);
  const blocks: Block[] = [];
  for (let block of levels(heldOut)) {
    for (
      let top = blocks.at(-1);
      top && top.sum * block.weight >= block.sum * top.weight;
      top = blocks.at(-1)
    ) {
      blocks.pop();
      block = { ...block, first: top.first, sum: top.sum + block.sum, weight: top.weight + block.weight };
    }
    blocks.push(block);
  }
  const knots = blocks.flatMap(({ first, last, sum, weight }) => {
    const to = sum / weight;
    return first === last
      ? [{ from: first, to }]
      : [
          { from: first, to },
          { from: last, to },
        ];
  });
  return { method: 'isotonic', from: knots.map(({ from }) => from), to: knots.map(({ to }) => to) };
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly sum: number;
  readonly weight: number;
}

/** One block per predicted value, ascending: equal predictions get one answer. */
function levels({ predicted, y }: HeldOut): Block[] {
  const order = [...predicted.keys()].sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0));
  const found: Block[] = [];
  for (const row of order) {
    const p = predicted[row] ?? 0;
    const outcome = y[row] ?? 0;
    const top = found.at(-1);
    if (top?.first === p)
      found[found.length - 1] = { ...top, sum: top.sum + outcome, weight: top.weight + 1 };
    else found.push({ first: p, last: p, sum: outcome, weight: 1 });
  }
  return found;
}

export interface CalibratedFit<X> extends Fitted<X> {
  readonly calibrator: Calibrator;
  /** The model on all rows, before calibration. */
  readonly inner: Fitted<X>;
}

/** How often the inner learner is trained on all but one part, and the method. */
export interface CalibrationPlan<X> {
  readonly method: Calibrator['method'];
  /** @default 5 */
  readonly folds?: number;
  readonly take: (x: X, rows: Int32Array) => X;
}

/** A learner for a binary target that calibrates on predictions across stratified folds, then trains on all rows. */
export function calibrated<X>(learner: Learner<X>, plan: CalibrationPlan<X>): Learner<X> {
  return {
    name: `${learner.name}, ${plan.method}`,
    fit(x, y, options): CalibratedFit<X> {
      const folds = stratifiedFolds(y, plan.folds ?? 5, options.seed);
      const trial = { learner, x, y, take: plan.take, folds, metrics: {}, seed: options.seed };
      const heldOut = { predicted: crossValidate(trial).predicted, y };
      const calibrator = plan.method === 'platt' ? fitPlatt(heldOut) : fitIsotonic(heldOut);
      const inner = learner.fit(x, y, options);
      return { calibrator, inner, predict: (matrix) => calibrate(calibrator, inner.predict(matrix)) };
    },
  };
}
