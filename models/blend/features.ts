/**
 * What speaks for a candidate: opinions of the sources, and simple facts about the visit. Each candidate of a visit becomes
 * one row; the blend learns what each column is worth.
 */

/** A source of opinions: scores of all items for one visit. `log`: points that count by their share of the best one. */
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

/** Columns for each source: its opinion, whether it has one, and its opinion by the length of the visit. */
export const columnsOf = (sources: readonly Source[]): string[] => [
  ...sources.flatMap(({ name }) => [name, `${name}.knows`, `${name}.long`]),
  ...facts,
];

export interface Visit {
  /** Items in order, the newest last; what is no item is below 0. */
  readonly prefix: ArrayLike<number>;
  /** Scores of all items, one array per source. */
  readonly scores: readonly Float32Array[];
}

/** Items that any source places among its best, or that the visit holds. */
export function candidatesOf({ prefix, scores }: Visit, each: number): number[] {
  const found = new Set<number>();
  for (const list of scores) for (const item of best(list, each)) found.add(item);
  for (let i = 0; i < prefix.length; i++) if ((prefix[i] ?? -1) >= 0) found.add(prefix[i] ?? 0);
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

/** Rows [candidates, columns] for a visit. `popularity`: log of the count of each item. */
export function rowsOf(
  visit: Visit,
  candidates: readonly number[],
  sources: readonly Source[],
  popularity: Float32Array,
): Float32Array {
  const width = sources.length * 3 + facts.length;
  const rows = new Float32Array(candidates.length * width);
  const { prefix } = visit;
  const long = Math.log(Math.max(1, prefix.length));
  sources.forEach(({ form }, s) => {
    const scores = visit.scores[s] ?? new Float32Array();
    const top =
      form === 'points' ? candidates.reduce((most, item) => Math.max(most, scores[item] ?? 0), 1e-9) : 1;
    candidates.forEach((item, i) => {
      const score = scores[item] ?? 0;
      const opinion = form === 'logit' ? score : Math.log(Math.max(score / top, 1e-4));
      rows.set([opinion, score === 0 ? 0 : 1, opinion * long], i * width + s * 3);
    });
  });
  candidates.forEach((item, i) => {
    rows.set(factsOf(item, prefix, popularity[item] ?? 0), i * width + sources.length * 3);
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
