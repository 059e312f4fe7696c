/** k-means with seeded starts (k-means++, Arthur and Vassilvitskii 2007). */
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';
import type { Matrix } from '../selection/learner.ts';

export interface Clusters {
  /** k x columns, row-major; larger clusters first. */
  readonly centres: Float64Array;
  readonly of: Int32Array;
  readonly sizes: readonly number[];
  /** Sum of squared distances to the nearest centre. */
  readonly inertia: number;
  /** Mean simplified silhouette (Hruschka and others 2004), -1 to 1: how much nearer the own centre is than the next. */
  readonly silhouette: number;
}

const STARTS = 5;
const MAX_ROUNDS = 100;

/** The best of five starts. @throws WellspringError `too_little_history` with fewer different rows than clusters. */
export function cluster(x: Matrix, k: number, seed: number): Clusters {
  const random = seededRandom(seed);
  let best: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < STARTS; start++) {
    const centres = settle(x, spreadStart(x, k, random), k);
    const { inertia } = assign(x, centres, k);
    if (inertia < least) [best, least] = [centres, inertia];
  }
  if (!best) throw new WellspringError('too_little_history', 'no rows to cluster');
  return described(x, largestFirst(x, best, k), k);
}

/** Each next centre is a row, drawn by its squared distance to the nearest one so far. */
function spreadStart(x: Matrix, k: number, random: () => number): Float64Array {
  const { columns, rows, data } = x;
  const centres = new Float64Array(k * columns);
  const distances = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let row = Math.floor(random() * rows);
  for (let c = 0; c < k; c++) {
    centres.set(data.subarray(row * columns, (row + 1) * columns), c * columns);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      distances[i] = Math.min(distances[i] ?? 0, squared(x, i, centres, c));
      total += distances[i] ?? 0;
    }
    if (!(total > 0) && c < k - 1) {
      throw new WellspringError('too_little_history', `fewer than ${k} different customers`);
    }
    let left = random() * total;
    row = distances.findIndex((distance) => distance > 0 && (left -= distance) < 0);
    if (row < 0) row = distances.indexOf(Math.max(...distances));
  }
  return centres;
}

function squared({ columns, data }: Matrix, row: number, centres: Float64Array, c: number): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    const away = (data[row * columns + column] ?? 0) - (centres[c * columns + column] ?? 0);
    sum += away * away;
  }
  return sum;
}

/** Nearest centre of each row; of equally near ones the first. */
export function assign(x: Matrix, centres: Float64Array, k: number): { of: Int32Array; inertia: number } {
  let inertia = 0;
  const of = Int32Array.from({ length: x.rows }, (_, row) => {
    const [nearest, distance] = twoNearest(x, row, centres, k);
    inertia += distance;
    return nearest;
  });
  return { of, inertia };
}

/** The nearest centre, its squared distance, and that of the second. */
function twoNearest(x: Matrix, row: number, centres: Float64Array, k: number): [number, number, number] {
  let [nearest, first, second] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let c = 0; c < k; c++) {
    const distance = squared(x, row, centres, c);
    if (distance < first) [nearest, first, second] = [c, distance, first];
    else if (distance < second) second = distance;
  }
  return [nearest, first, second];
}

/** Moves centres to the mean of their rows until no row changes; one without rows stays. */
function settle(x: Matrix, start: Float64Array, k: number): Float64Array {
  const centres = start.slice();
  let before = new Int32Array(x.rows).fill(-1);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { of } = assign(x, centres, k);
    if (of.every((c, row) => c === before[row])) break;
    before = new Int32Array(of);
    for (let c = 0; c < k; c++) moveTo(x, of, c, centres);
  }
  return centres;
}

function moveTo({ columns, data }: Matrix, of: Int32Array, c: number, centres: Float64Array): void {
  const sums = new Float64Array(columns);
  let rows = 0;
  of.forEach((own, row) => {
    if (own !== c) return;
    rows++;
    for (let column = 0; column < columns; column++) {
      sums[column] = (sums[column] ?? 0) + (data[row * columns + column] ?? 0);
    }
  });
  if (rows > 0) {
    centres.set(
      sums.map((value) => value / rows),
      c * columns,
    );
  }
}

function largestFirst(x: Matrix, centres: Float64Array, k: number): Float64Array {
  const sizes = sizesOf(assign(x, centres, k).of, k);
  const order = [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  return Float64Array.from(order.flatMap((c) => [...centres.subarray(c * x.columns, (c + 1) * x.columns)]));
}

function sizesOf(of: Int32Array, k: number): number[] {
  return Array.from({ length: k }, (_, c) => of.reduce((sum, own) => sum + Number(own === c), 0));
}

function described(x: Matrix, centres: Float64Array, k: number): Clusters {
  const { of, inertia } = assign(x, centres, k);
  let silhouette = 0;
  for (let row = 0; row < x.rows; row++) {
    const [, own, next] = twoNearest(x, row, centres, k);
    silhouette += next > 0 && Number.isFinite(next) ? 1 - Math.sqrt(own / next) : 0;
  }
  return { centres, of, sizes: sizesOf(of, k), inertia, silhouette: silhouette / x.rows };
}
