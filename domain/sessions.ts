/** Visits: events with no gap of half an hour or more between them. */

export const GAP_MINUTES = 30;
const MINUTES_PER_DAY = 1440;

/**
 * Minutes of one UTC day in which something happened, as disjoint intervals [start, end, start, end, ...] in
 * ascending order; intervals closer than the gap are one. At most 48 intervals fit into a day.
 * The result depends on the set of minutes only, not on the order in which they came.
 */
export type DayIntervals = number[];

/** Adds a minute of the day, 0 to 1439; changes `intervals` in place. */
export function addMinute(intervals: DayIntervals, minute: number): void {
  let i = 0;
  while (i < intervals.length && (intervals[i + 1] ?? 0) + GAP_MINUTES <= minute) i += 2;
  const start = intervals[i];
  const end = intervals[i + 1];
  if (start === undefined || end === undefined || minute + GAP_MINUTES <= start) {
    intervals.splice(i, 0, minute, minute);
    return;
  }
  intervals[i] = Math.min(start, minute);
  intervals[i + 1] = Math.max(end, minute);
  const next = intervals[i + 2];
  if (next !== undefined && next - (intervals[i + 1] ?? 0) < GAP_MINUTES) {
    intervals.splice(i + 1, 2);
  }
}

/** Intervals that cover what either covers. */
export function joinIntervals(a: readonly number[], b: readonly number[]): DayIntervals {
  const pairs: [number, number][] = [];
  for (const list of [a, b]) {
    for (let i = 0; i + 1 < list.length; i += 2) pairs.push([list[i] ?? 0, list[i + 1] ?? 0]);
  }
  pairs.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  return closeGaps(pairs).flat();
}

function closeGaps(pairs: readonly [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [start, end] of pairs) {
    const last = out.at(-1);
    if (last && start - last[1] < GAP_MINUTES) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

export interface Visit {
  /** ms since the epoch, to the minute. */
  readonly start: number;
  readonly end: number;
}

/** Visits of several days, joined across midnight. `days`: UTC day number and its intervals. */
export function visits(days: Iterable<readonly [day: number, intervals: readonly number[]]>): Visit[] {
  const pairs = [...days]
    .flatMap(([day, list]) => {
      const base = day * MINUTES_PER_DAY;
      return Array.from({ length: list.length >> 1 }, (_, i): [number, number] => [
        base + (list[2 * i] ?? 0),
        base + (list[2 * i + 1] ?? 0),
      ]);
    })
    .sort((x, y) => x[0] - y[0]);
  return closeGaps(pairs).map(([start, end]) => ({ start: start * 60_000, end: end * 60_000 }));
}
