/**
 * Nearest sessions: what people with a similar visit looked at (VS-kNN, Ludewig & Jannach, 2018; index of the newest
 * sessions per item as in VMIS-kNN, Kersbergen et al., 2022). Newer items of the visit count more, and so do newer
 * neighbours and items that lie near the common one (as in STAN, Garg et al., 2019).
 */
import type { Recommender } from './recommender.ts';
import { countOf, eachSession, type Sessions } from './sessions.ts';

export interface SessionKnnOptions {
  /** Neighbours. @default 500 */
  readonly k?: number;
  /** Newest sessions looked at for each item. @default 2,500 */
  readonly newest?: number;
  /** An item of the visit that lies n steps back counts exp(-n / this). @default 1.4 */
  readonly itemDecay?: number;
  /** Exponent of log(sessions / sessions with the item). @default 1.5 */
  readonly idf?: number;
  /** A neighbour counts exp(-age / this), age being the share of all sessions that are newer. @default 2 */
  readonly sessionDecay?: number;
  /** An item n steps after the common one counts exp(-n / this). @default 4 */
  readonly afterDecay?: number;
  /** The same for items before it. @default 5 */
  readonly beforeDecay?: number;
}

const defaults: Required<SessionKnnOptions> = {
  k: 500,
  newest: 2500,
  itemDecay: 1.4,
  idf: 1.5,
  sessionDecay: 2,
  afterDecay: 4,
  beforeDecay: 5,
};

/** The newest sessions of each item, newest first. */
interface Index {
  readonly sessions: Int32Array;
  readonly starts: Int32Array;
}

export function fitSessionKnn(
  sessions: Sessions,
  items: number,
  options: SessionKnnOptions = {},
): Recommender {
  const set = { ...defaults, ...options };
  const index = indexOf(sessions, items, set.newest);
  const frequency = frequencies(sessions, items);
  const count = countOf(sessions);
  const rarity = Float32Array.from(frequency, (n) => Math.log(count / Math.max(1, n) + 1) ** set.idf);
  const similarity = new Float32Array(count);
  const age = Float32Array.from({ length: count }, (_, i) =>
    Math.exp(-(count - 1 - i) / count / set.sessionDecay),
  );
  const known = { weights: new Map<number, number>() };

  const neighbours = (prefix: ArrayLike<number>): number[] => {
    known.weights.clear();
    const touched: number[] = [];
    for (let i = prefix.length - 1; i >= 0; i--) {
      const item = prefix[i] ?? 0;
      if (known.weights.has(item) || item >= items) continue;
      const weight = Math.exp(-(prefix.length - 1 - i) / set.itemDecay);
      known.weights.set(item, weight);
      for (let at = index.starts[item] ?? 0; at < (index.starts[item + 1] ?? 0); at++) {
        const session = index.sessions[at] ?? 0;
        if (similarity[session] === 0) touched.push(session);
        similarity[session] = (similarity[session] ?? 0) + weight * (rarity[item] ?? 0);
      }
    }
    for (const session of touched)
      similarity[session] =
        ((similarity[session] ?? 0) * (age[session] ?? 0)) / Math.sqrt(lengthOf(sessions, session));
    const found = largest(touched, similarity, set.k);
    return found.length === touched.length ? touched : release(touched, found, similarity);
  };

  return {
    items,
    score: (prefix, out) => {
      const found = neighbours(prefix);
      for (const session of found) {
        spread(sessions, session, similarity[session] ?? 0, known.weights, set, out);
        similarity[session] = 0;
      }
    },
  };
}

const lengthOf = ({ starts }: Sessions, session: number): number =>
  (starts[session + 1] ?? 0) - (starts[session] ?? 0);

/** Forgets the similarity of sessions that were not chosen. */
function release(touched: readonly number[], chosen: number[], similarity: Float32Array): number[] {
  const kept = chosen.map((session) => similarity[session] ?? 0);
  for (const session of touched) similarity[session] = 0;
  chosen.forEach((session, i) => {
    similarity[session] = kept[i] ?? 0;
  });
  return chosen;
}

/** Gives the items of a neighbour their points: by distance to the nearest common item, and its place in the visit. */
function spread(
  { items, starts }: Sessions,
  session: number,
  similarity: number,
  weights: ReadonlyMap<number, number>,
  { afterDecay, beforeDecay }: Required<SessionKnnOptions>,
  out: Float32Array,
): void {
  const [from, to] = [starts[session] ?? 0, starts[session + 1] ?? 0];
  // The common item that was looked at last in the visit decides where in the neighbour we are.
  let anchor = from;
  let best = -1;
  for (let i = from; i < to; i++) {
    const weight = weights.get(items[i] ?? 0) ?? -1;
    if (weight >= best) {
      best = weight;
      anchor = i;
    }
  }
  for (let i = from; i < to; i++) {
    const points = i >= anchor ? Math.exp(-(i - anchor) / afterDecay) : Math.exp(-(anchor - i) / beforeDecay);
    const item = items[i] ?? 0;
    out[item] = (out[item] ?? 0) + similarity * points;
  }
}

function frequencies(sessions: Sessions, items: number): Int32Array {
  const counts = new Int32Array(items);
  const last = new Int32Array(items).fill(-1);
  eachSession(sessions, (from, to, session) => {
    for (let i = from; i < to; i++) {
      const item = sessions.items[i] ?? 0;
      if (last[item] === session) continue;
      last[item] = session;
      counts[item] = (counts[item] ?? 0) + 1;
    }
  });
  return counts;
}

function indexOf(sessions: Sessions, items: number, newest: number): Index {
  const counts = frequencies(sessions, items).map((count) => Math.min(count, newest));
  const starts = new Int32Array(items + 1);
  counts.forEach((count, item) => {
    starts[item + 1] = (starts[item] ?? 0) + count;
  });
  const filled = starts.slice(0, items);
  const index = new Int32Array(starts[items] ?? 0);
  const last = new Int32Array(items).fill(-1);
  for (let session = countOf(sessions) - 1; session >= 0; session--) {
    for (let i = sessions.starts[session] ?? 0; i < (sessions.starts[session + 1] ?? 0); i++) {
      const item = sessions.items[i] ?? 0;
      const at = filled[item] ?? 0;
      if (last[item] === session || at === starts[item + 1]) continue;
      last[item] = session;
      index[at] = session;
      filled[item] = at + 1;
    }
  }
  return { sessions: index, starts };
}

/** The `k` of `list` with the largest `by`, in no stated order. */
function largest(list: number[], by: Float32Array, k: number): number[] {
  if (list.length <= k) return list;
  const values = Float32Array.from(list, (at) => by[at] ?? 0).sort();
  const bound = values[values.length - k] ?? 0;
  const above = list.filter((at) => (by[at] ?? 0) > bound);
  const equal = list.filter((at) => by[at] === bound);
  return above.concat(equal.slice(0, k - above.length));
}
