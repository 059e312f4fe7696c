/** Kinds of customers, found on the training snapshot and named by what stands out. */
import { WellspringError } from '../../domain/errors.ts';
import { standardise } from '../linear/standardise.ts';
import type { Matrix } from '../selection/learner.ts';
import { type Clusters, cluster } from './clusters.ts';
import { featuresOf } from './features.ts';
import type { CustomerPlan } from './plan.ts';

export interface Personas {
  /** Each different; the largest persona first. */
  readonly names: readonly string[];
  /** Persona of each training example. */
  readonly of: Int32Array;
  readonly sizes: readonly number[];
  readonly silhouette: number;
}

/** Where this many personas have nearly the same silhouette, the fewest are taken. */
const NEARLY = 0.02;
const MOST = 6;
/** Customers per persona below which it is noise. */
const LEAST_ROWS = 10;

/**
 * Clusters of tastes (category shares) and spending.
 * @param x feature rows of the plan
 * @param count personas; absent: 2 to 6, by the silhouette
 * @throws WellspringError `too_little_history` with fewer than 20 rows, or rows that are all alike.
 */
export function findPersonas(x: Matrix, plan: CustomerPlan, seed: number, count?: number): Personas {
  if (x.rows < 2 * LEAST_ROWS)
    throw new WellspringError('too_little_history', `${x.rows} customers are too few for personas`);
  const { z, names } = tastes(x, plan);
  const found = count === undefined ? best(z, seed) : cluster(z, count, seed);
  return { ...found, names: nameAll(found, names) };
}

function best(z: Matrix, seed: number): Clusters {
  const tried = Array.from({ length: MOST - 1 }, (_, i) => i + 2)
    .filter((k) => k === 2 || z.rows >= k * LEAST_ROWS)
    .map((k) => attempt(z, k, seed))
    .filter((found) => found !== undefined);
  const top = Math.max(...tried.map(({ silhouette }) => silhouette));
  const chosen = tried.find(({ silhouette }) => silhouette >= top - NEARLY);
  if (!chosen)
    throw new WellspringError('too_little_history', 'customers are all alike, so there are no personas');
  return chosen;
}

/** Undefined where there are fewer different rows than clusters. */
function attempt(z: Matrix, k: number, seed: number): Clusters | undefined {
  try {
    return cluster(z, k, seed);
  } catch (error) {
    if (error instanceof WellspringError && error.code === 'too_little_history') return undefined;
    throw error;
  }
}

const SPENDING = 'spending';
const CATEGORY = 'category ';

/**
 * Columns of tastes and spending, standardised. Shares of categories keep their common unit, so that a rare category with
 * a small deviation does not outweigh the others; together they weigh as much as spending does.
 */
function tastes(x: Matrix, plan: CustomerPlan): { z: Matrix; names: string[] } {
  const taken = featuresOf(plan)
    .map(({ name }, column) => ({ name, column }))
    .filter(({ name }) => name === SPENDING || name.startsWith(CATEGORY));
  const data = new Float64Array(x.rows * taken.length);
  for (let row = 0; row < x.rows; row++) {
    taken.forEach(
      ({ column }, at) => (data[row * taken.length + at] = x.data[row * x.columns + column] ?? 0),
    );
  }
  const columns = taken.length;
  const { z, deviations } = standardise({ rows: x.rows, columns, data }, new Float64Array(x.rows).fill(1));
  const names = taken.map(({ name }) => name);
  const spread = Math.sqrt(
    deviations.reduce((sum, deviation, at) => sum + (names[at] === SPENDING ? 0 : deviation ** 2), 0),
  );
  const scaled = z.data.map((value, i) => {
    const at = i % columns;
    return names[at] === SPENDING || spread === 0 ? value : (value * (deviations[at] ?? 0)) / spread;
  });
  return { z: { ...z, data: scaled }, names };
}

/** Standard deviations by which spending must differ to be in a name. */
const NOTABLE = 0.5;

function nameAll({ centres, sizes }: Clusters, columns: readonly string[]): string[] {
  const names = sizes.map((_, c) =>
    nameOf(centres.subarray(c * columns.length, (c + 1) * columns.length), columns),
  );
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** As in `lamps, high value`. */
function nameOf(centre: Float64Array, columns: readonly string[]): string {
  const byHeight = columns
    .map((column, at) => ({ column, height: centre[at] ?? 0 }))
    .filter(({ column }) => column !== SPENDING)
    .sort((a, b) => b.height - a.height);
  const [top] = byHeight;
  const taste = top && top.height > 0.1 ? top.column.slice(CATEGORY.length) : 'mixed';
  const spending = centre[columns.indexOf(SPENDING)] ?? 0;
  const value = spending > NOTABLE ? 'high' : spending < -NOTABLE ? 'low' : 'middle';
  return `${taste}, ${value} value`;
}
