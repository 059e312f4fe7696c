/**
 * What speaks for a candidate: opinions of the sources, and simple facts about the visit. Each candidate of a visit becomes
 * one row; the blend learns what each column is worth.
 */

/** A source of opinions: scores of all items for one visit. `points` count by their share of the best candidate's. */
export interface Source {
  readonly name: string;
  readonly form: 'logit' | 'points';
}

/** Columns beside the sources'; those with `long` count more the longer the visit is. */
export const facts = [
  'popularity',
  'popularity.long',
  'inVisit',
  'inVisit.long',
  'justNow',
  'justNow.long',
  'before',
  'ago',
  'times',
] as const;

/**
 * Of each source: its opinion on a log scale, whether it has one, the opinion by the length of the visit, and two columns
 * that tell the first candidates apart, where a log scale is flat: the share of the best one's, and the place.
 */
const opinions = ['', '.knows', '.long', '.share', '.place'] as const;

/** Columns of each source; those of source s begin at s times this. */
export const PER_SOURCE = opinions.length;

export const columnsOf = (sources: readonly Source[]): string[] => [
  ...sources.flatMap(({ name }) => opinions.map((column) => name + column)),
  ...facts,
];

export interface Visit {
  /** Items in order, the newest last; what is no item is below 0. */
  readonly prefix: ArrayLike<number>;
  /** Scores of all items, one array per source. */
  readonly scores: readonly Float32Array[];
  /** Whether items of the visit can come again. @default true */
  readonly again?: boolean;
}

/** Items that any source places among its best, or that the visit holds. */
export function candidatesOf({ prefix, scores, again = true }: Visit, each: number): number[] {
  const found = new Set<number>();
  for (const list of scores) for (const item of best(list, each)) found.add(item);
  for (let i = 0; i < prefix.length; i++) {
    const item = prefix[i] ?? -1;
    if (!again) found.delete(item);
    else if (item >= 0) found.add(item);
  }
  return [...found];
}

/** The `count` items with the highest scores above 0 or, for logits, of all; in no stated order. */
export function best(scores: Float32Array, count: number): number[] {
  const heap = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  const items = new Int32Array(count).fill(-1);
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item] ?? 0;
    if (score > (heap[0] ?? 0) && score !== 0) sink(heap, items, score, item);
  }
  return [...items].filter((item) => item >= 0);
}

/** Replaces the smallest of a binary heap. */
function sink(heap: Float32Array, items: Int32Array, score: number, item: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    if ((heap[child] ?? 0) >= score) break;
    heap[at] = heap[child] ?? 0;
    items[at] = items[child] ?? -1;
    at = child;
  }
  heap[at] = score;
  items[at] = item;
}

/** At this place the column of places has fallen to a half. */
const STEEP = 3;

/** Log of the share of the largest; points that are no opinion count as 1e-4 of it. */
function logShares(points: Float32Array): Float32Array {
  const top = points.reduce((a, b) => Math.max(a, b), 1e-9);
  return points.map((value) => Math.log(Math.max(value / top, 1e-4)));
}

/** Rows [candidates, columns] for a visit. `popularity`: log of the count of each item. */
export function rowsOf(
  visit: Visit,
  candidates: readonly number[],
  sources: readonly Source[],
  popularity: Float32Array,
): Float32Array {
  const width = sources.length * PER_SOURCE + facts.length;
  const rows = new Float32Array(candidates.length * width);
  const { prefix } = visit;
  const long = Math.log(Math.max(1, prefix.length));
  sources.forEach(({ form }, s) => {
    const scores = Float32Array.from(candidates, (item) => visit.scores[s]?.[item] ?? 0);
    const logs = form === 'logit' ? scores : logShares(scores);
    const most = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const order = [...logs.keys()].sort((a, b) => (logs[b] ?? 0) - (logs[a] ?? 0));
    order.forEach((i, place) => {
      const opinion = logs[i] ?? 0;
      const knows = scores[i] === 0 ? 0 : 1;
      rows.set(
        [opinion, knows, opinion * long, Math.exp(opinion - most), knows / (1 + place / STEEP)],
        i * width + s * PER_SOURCE,
      );
    });
  });
  candidates.forEach((item, i) => {
    rows.set(factsOf(item, prefix, popularity[item] ?? 0), i * width + sources.length * PER_SOURCE);
  });
  return rows;
}

/** In the order of `facts`. */
function factsOf(item: number, prefix: ArrayLike<number>, popularity: number): number[] {
  const long = Math.log(prefix.length);
  let ago = -1;
  let times = 0;
  for (let i = 0; i < prefix.length; i++) {
    if (prefix[i] !== item) continue;
    ago = prefix.length - 1 - i;
    times++;
  }
  const [inVisit, justNow] = [times > 0 ? 1 : 0, ago === 0 ? 1 : 0];
  return [
    popularity,
    popularity * long,
    inVisit,
    inVisit * long,
    justNow,
    justNow * long,
    ago === 1 ? 1 : 0,
    times > 0 ? Math.log(1 + ago) : 0,
    times > 0 ? Math.log(times) : 0,
  ];
}
