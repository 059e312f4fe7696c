/**
 * Minimises a smooth function by L-BFGS (Nocedal 1980): gradients of the last steps stand in for second derivatives.
 * Step lengths meet the weak Wolfe conditions, found by doubling and halving.
 */

export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Steps remembered. @default 8 */
  readonly memory?: number;
  /** @default 200 */
  readonly maxSteps?: number;
  /** Stops when the largest entry of the gradient is at most this. @default 1e-6 */
  readonly tolerance?: number;
  readonly onStep?: (step: number, value: number) => void;
}

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** Whether the gradient came below the tolerance. */
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

export function minimise(
  evaluate: (at: Float64Array) => Evaluated,
  start: Float64Array,
  { memory = 8, maxSteps = 200, tolerance = 1e-6, onStep }: LbfgsOptions = {},
): Minimum {
  const pairs: Pair[] = [];
  let at = start;
  let now = evaluate(at);
  for (let steps = 0; ; steps++) {
    const converged = largest(now.gradient) <= tolerance;
    const found =
      converged || steps >= maxSteps ? undefined : lineSearch(evaluate, at, now, direction(now, pairs));
    // Without a better point rounding ends the search.
    if (!found) return { at, value: now.value, steps, converged };
    const step = combine(found.at, at, -1);
    const change = combine(found.here.gradient, now.gradient, -1);
    const product = dot(step, change);
    if (product > 0) pairs.push({ step, change, product });
    if (pairs.length > memory) pairs.shift();
    ({ at, here: now } = found);
    onStep?.(steps + 1, now.value);
  }
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function direction({ gradient }: Evaluated, pairs: readonly Pair[]): Float64Array {
  const newest = pairs.at(-1);
  const q: Float64Array = gradient.map((g) => -g);
  // The first step is short: nothing is known yet about the curvature.
  if (!newest) {
    const length = Math.max(1, Math.sqrt(dot(gradient, gradient)));
    return q.map((value) => value / length);
  }
  const shares: number[] = [];
  for (const { step, change, product } of pairs.toReversed()) {
    const share = dot(step, q) / product;
    shares.push(share);
    add(q, change, -share);
  }
  const scale = newest.product / dot(newest.change, newest.change);
  for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) * scale;
  for (const { step, change, product } of pairs) {
    const back = dot(change, q) / product;
    add(q, step, (shares.pop() ?? 0) - back);
  }
  return q;
}

const ENOUGH_FALL = 1e-4;
const ENOUGH_FLATTER = 0.9;

function lineSearch(
  evaluate: (at: Float64Array) => Evaluated,
  from: Float64Array,
  before: Evaluated,
  towards: Float64Array,
): { at: Float64Array; here: Evaluated } | undefined {
  const slope = dot(before.gradient, towards);
  let [low, high, length] = [0, Number.POSITIVE_INFINITY, 1];
  let best: { at: Float64Array; here: Evaluated } | undefined;
  for (let tries = 0; tries < 40; tries++) {
    const at = combine(from, towards, length);
    const here = evaluate(at);
    if (!(here.value <= before.value + ENOUGH_FALL * length * slope)) high = length;
    else {
      if (here.value < before.value) best = { at, here };
      if (dot(here.gradient, towards) >= ENOUGH_FLATTER * slope) return { at, here };
      low = length;
    }
    length = high === Number.POSITIVE_INFINITY ? low * 2 : (low + high) / 2;
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function largest(values: Float64Array): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) max = Math.max(max, Math.abs(values[i] ?? 0));
  return max;
}

/** Adds factor * b to `a`. */
function add(a: Float64Array, b: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) + factor * (b[i] ?? 0);
  return a;
}

/** a + factor * b. */
const combine = (a: Float64Array, b: Float64Array, factor: number): Float64Array => add(a.slice(), b, factor);
