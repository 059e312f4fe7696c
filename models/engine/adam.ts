/** Adam (Kingma & Ba, 2015) with decoupled weight decay (Loshchilov & Hutter, 2019), on typed arrays. */

export interface AdamOptions {
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** Share of a weight that each step takes away, times the learning rate. @default 0 */
  readonly decay?: number;
}

/** State of the optimiser for one tensor; plain arrays, so that a checkpoint can hold it. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export const moments = (size: number): Moments => ({
  first: new Float32Array(size),
  second: new Float32Array(size),
});

/** Learning rate and epsilon with the bias corrections of step `t` (from 1) folded in. */
function corrected(rate: number, t: number, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions) {
  const root = Math.sqrt(1 - beta2 ** t);
  return { beta1, beta2, rate: (rate * root) / (1 - beta1 ** t), epsilon: epsilon * root };
}

/** Changes `weights` in place. `t`: number of this step, from 1. */
export function adamDense(
  weights: Float32Array,
  gradient: Float32Array,
  state: Moments,
  rate: number,
  t: number,
  options: AdamOptions = {},
): void {
  const step = corrected(rate, t, options);
  const keep = 1 - rate * (options.decay ?? 0);
  update(weights, 0, gradient, 0, weights.length, state, step, keep);
}

/**
 * Changes the rows named by `rows` (each once), whose gradients lie in `gradient` one after the other.
 *
 * Lazy: the moments of other rows do not decay, and they do not move on old momentum. That is not dense Adam; it is what
 * PyTorch's SparseAdam does, and what makes a step cost as much as the rows it touches.
 */
export function adamRows(
  table: Float32Array,
  width: number,
  rows: ArrayLike<number>,
  gradient: Float32Array,
  state: Moments,
  rate: number,
  t: number,
  options: AdamOptions = {},
): void {
  const step = corrected(rate, t, options);
  const keep = 1 - rate * (options.decay ?? 0);
  for (let i = 0; i < rows.length; i++) {
    update(table, (rows[i] ?? 0) * width, gradient, i * width, width, state, step, keep);
  }
}

function update(
  weights: Float32Array,
  at: number,
  gradient: Float32Array,
  from: number,
  length: number,
  { first, second }: Moments,
  { beta1, beta2, rate, epsilon }: ReturnType<typeof corrected>,
  keep: number,
): void {
  for (let i = 0; i < length; i++) {
    const g = gradient[from + i] ?? 0;
    const m = beta1 * (first[at + i] ?? 0) + (1 - beta1) * g;
    const v = beta2 * (second[at + i] ?? 0) + (1 - beta2) * g * g;
    first[at + i] = m;
    second[at + i] = v;
    weights[at + i] = keep * (weights[at + i] ?? 0) - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

/** Scales gradients down so that their common length is at most `limit`; returns the length before. */
export function clip(gradients: readonly Float32Array[], limit: number): number {
  let square = 0;
  for (const gradient of gradients)
    for (let i = 0; i < gradient.length; i++) square += (gradient[i] ?? 0) ** 2;
  const length = Math.sqrt(square);
  if (length <= limit) return length;
  const factor = limit / length;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) * factor;
  }
  return length;
}

/** Rises over `warmUp` steps, then falls along a cosine to `floor` of the peak at step `total`. `t` from 1. */
export function rateAt(t: number, peak: number, warmUp: number, total: number, floor = 0.05): number {
  if (t < warmUp) return (peak * t) / warmUp;
  const progress = Math.min(1, (t - warmUp) / Math.max(1, total - warmUp));
  return peak * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2);
}
