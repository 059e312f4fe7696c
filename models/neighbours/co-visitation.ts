/**
 * Which items follow which: points of pairs within a session, fewer for pairs that lie further apart. Without backward
 * points and with little memory for earlier items this is what Ludewig & Jannach (2018) call sequential rules.
 */
import * as z from 'zod/mini';
import { type Index, indexOf } from './occurrences.ts';
import { pack, unpack } from './packing.ts';
import type { Packable } from './recommender.ts';
import { countOf, freshness, type Sessions } from './sessions.ts';

export interface CoVisitationOptions {
  /** Steps between two items of a pair, at most. @default 5 */
  readonly reach?: number;
  /** A pair at distance d has d^-this points. @default 1 */
  readonly distance?: number;
  /** Points of a pair whose order is reversed, relative to one in order. @default 0.3 */
  readonly backward?: number;
  /** Whether an item follows itself. @default false */
  readonly repeats?: boolean;
  /** A pair counts exp(-age / this), age being the share of sessions that are newer. @default 1 */
  readonly sessionDecay?: number;
  /** Neighbours kept for each item. @default 100 */
  readonly keep?: number;
  /** How much less an item of the prefix counts for each step back. @default 0.5 */
  readonly memory?: number;
}

const defaults: Required<CoVisitationOptions> = {
  reach: 5,
  distance: 1,
  backward: 0.3,
  repeats: false,
  sessionDecay: 1,
  keep: 100,
  memory: 0.5,
};

/** Rows of neighbours: those of item i lie at starts[i] .. starts[i + 1] - 1, each row a vector of length 1. */
interface Rows {
  readonly starts: Int32Array;
  readonly others: Int32Array;
  readonly weights: Float32Array;
}

export function fitCoVisitation(
  sessions: Sessions,
  items: number,
  options: CoVisitationOptions = {},
): Packable {
  const set = { ...defaults, ...options };
  const index = indexOf(sessions, items);
  const points = pointsOf(sessions, set);
  const sums = new Float32Array(items);
  const kept: { others: Int32Array; weights: Float32Array }[] = [];
  const starts = new Int32Array(items + 1);
  for (let item = 0; item < items; item++) {
    const touched = addPairs(sessions, index, item, points, sums);
    if (!set.repeats) sums[item] = 0;
    const row = strongest(touched, sums, set.keep);
    for (const other of touched) sums[other] = 0;
    kept.push(row);
    starts[item + 1] = (starts[item] ?? 0) + row.others.length;
  }
  const rows: Rows = {
    starts,
    others: new Int32Array(starts[items] ?? 0),
    weights: new Float32Array(starts[items] ?? 0),
  };
  kept.forEach(({ others, weights }, item) => {
    rows.others.set(others, starts[item] ?? 0);
    rows.weights.set(weights, starts[item] ?? 0);
  });
  return coVisitationOf(rows, set.memory);
}

interface Points {
  /** By distance. */
  readonly after: Float64Array;
  readonly before: Float64Array;
  readonly fresh: Float32Array;
}

function pointsOf(
  sessions: Sessions,
  { reach, distance, backward, sessionDecay }: Required<CoVisitationOptions>,
): Points {
  const after = Float64Array.from({ length: reach + 1 }, (_, d) => (d === 0 ? 0 : d ** -distance));
  return {
    after,
    before: after.map((value) => value * backward),
    fresh: freshness(countOf(sessions), sessionDecay),
  };
}

/** Adds up the pairs of one item; answers which items have points. */
function addPairs(
  { items, starts }: Sessions,
  index: Index,
  item: number,
  { after, before, fresh }: Points,
  sums: Float32Array,
): number[] {
  const touched: number[] = [];
  const reach = after.length - 1;
  for (let n = index.starts[item] ?? 0; n < (index.starts[item + 1] ?? 0); n++) {
    const at = index.places[n] ?? 0;
    const session = index.sessions[n] ?? 0;
    const from = Math.max(starts[session] ?? 0, at - reach);
    const to = Math.min(starts[session + 1] ?? 0, at + reach + 1);
    for (let i = from; i < to; i++) {
      const points = (i > at ? (after[i - at] ?? 0) : (before[at - i] ?? 0)) * (fresh[session] ?? 0);
      if (points === 0) continue;
      const other = items[i] ?? 0;
      if (sums[other] === 0) touched.push(other);
      sums[other] = (sums[other] ?? 0) + points;
    }
  }
  return touched;
}

/** Rows are divided by the length of the vector, so that busy items do not win. */
function strongest(
  touched: readonly number[],
  sums: Float32Array,
  keep: number,
): { others: Int32Array; weights: Float32Array } {
  const others = Int32Array.from(touched.filter((other) => (sums[other] ?? 0) > 0))
    .sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b)
    .slice(0, keep);
  const weights = Float32Array.from(others, (other) => sums[other] ?? 0);
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
  return { others, weights: weights.map((weight) => weight / length) };
}

/** An item of the prefix that would count less than this is too far back. */
const LEAST = 1e-3;

function coVisitationOf(rows: Rows, memory: number): Packable {
  const items = rows.starts.length - 1;
  return {
    items,
    score: (prefix, out) => {
      let weight = 1;
      for (let i = prefix.length - 1; i >= 0 && weight > LEAST; i--, weight *= memory) {
        const item = prefix[i] ?? -1;
        for (let n = rows.starts[item] ?? 0; n < (rows.starts[item + 1] ?? 0); n++) {
          const other = rows.others[n] ?? 0;
          out[other] = (out[other] ?? 0) + weight * (rows.weights[n] ?? 0);
        }
      }
    },
    pack: () => pack('co-visitation', { memory }, { ...rows }),
  };
}

const aboutSchema = z.object({ memory: z.number() });

/** @throws WellspringError `refused` for other bytes. */
export function unpackCoVisitation(bytes: Uint8Array): Packable {
  const { about, ints, floats } = unpack('co-visitation', bytes);
  return coVisitationOf(
    { starts: ints('starts'), others: ints('others'), weights: floats('weights') },
    aboutSchema.parse(about).memory,
  );
}
