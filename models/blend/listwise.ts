/**
 * Learns what each column is worth: softmax over the candidates of a visit (ListNet with one right item, Cao et al., 2007),
 * fitted by Adam on standardised columns, with a little ridge. Deterministic.
 */
import { adamDense, moments } from '../engine/adam.ts';

/** One visit whose next item is known. */
export interface Case {
  /** [candidates, columns]. */
  readonly rows: Float32Array;
  /** Row of the item that came, -1 when it is no candidate: such a visit teaches nothing. */
  readonly right: number;
}

export interface ListwiseOptions {
  /** @default 30 */
  readonly rounds?: number;
  /** @default 0.05 */
  readonly rate?: number;
  /** Visits for one step. @default 512 */
  readonly batch?: number;
  /** @default 1e-4 */
  readonly ridge?: number;
}

/** Weights of the columns as they come, not standardised. */
export function fitListwise(
  cases: readonly Case[],
  columns: number,
  options: ListwiseOptions = {},
): Float32Array {
  const { rounds = 30, rate = 0.05, batch = 512, ridge = 1e-4 } = options;
  const useful = cases.filter(({ right }) => right >= 0);
  const deviation = deviations(useful, columns);
  const weights = new Float32Array(columns);
  const state = moments(columns);
  const gradient = new Float32Array(columns);
  // What multiplies a column as it comes: its weight by its deviation.
  const scaled = new Float64Array(columns);
  let step = 0;
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < useful.length; at += batch) {
      const part = useful.slice(at, at + batch);
      scaled.forEach((_, c) => {
        scaled[c] = (weights[c] ?? 0) / (deviation[c] ?? 1);
      });
      gradient.fill(0);
      for (const one of part) addGradient(one, scaled, gradient);
      for (let c = 0; c < columns; c++)
        gradient[c] = (gradient[c] ?? 0) / (deviation[c] ?? 1) / part.length + ridge * (weights[c] ?? 0);
      adamDense(weights, gradient, state, rate * (1 - round / rounds), ++step);
    }
  }
  return Float32Array.from(weights, (weight, c) => weight / (deviation[c] ?? 1));
}

/** Spread of each column within a visit; 1 for a column that never differs. */
function deviations(cases: readonly Case[], columns: number): Float32Array {
  const out = new Float32Array(columns);
  const [sums, squares] = [new Float64Array(columns), new Float64Array(columns)];
  let count = 0;
  for (const { rows } of cases) {
    count += rows.length / columns;
    rows.forEach((value, i) => {
      sums[i % columns] = (sums[i % columns] ?? 0) + value;
      squares[i % columns] = (squares[i % columns] ?? 0) + value * value;
    });
  }
  return out.map((_, c) => {
    const mean = (sums[c] ?? 0) / count;
    return Math.sqrt((squares[c] ?? 0) / count - mean * mean) || 1;
  });
}

/** Adds the gradient by the columns as they come. */
function addGradient({ rows, right }: Case, scaled: Float64Array, into: Float32Array): void {
  const columns = scaled.length;
  const count = rows.length / columns;
  const scores = new Float64Array(count);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    let score = 0;
    for (let c = 0; c < columns; c++) score += (scaled[c] ?? 0) * (rows[i * columns + c] ?? 0);
    scores[i] = score;
    most = Math.max(most, score);
  }
  let total = 0;
  for (let i = 0; i < count; i++) total += scores[i] = Math.exp((scores[i] ?? 0) - most);
  for (let i = 0; i < count; i++) {
    const error = (scores[i] ?? 0) / total - (i === right ? 1 : 0);
    for (let c = 0; c < columns; c++) into[c] = (into[c] ?? 0) + error * (rows[i * columns + c] ?? 0);
  }
}
