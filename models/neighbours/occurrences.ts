/** Where each item occurs. */
import { countOf, type Sessions } from './sessions.ts';

/** Occurrences of item i lie at starts[i] .. starts[i + 1] - 1, those in the newest sessions first. */
export interface Index {
  readonly starts: Int32Array;
  /** Session of each occurrence. */
  readonly sessions: Int32Array;
  /** Its place among the items of all sessions. */
  readonly places: Int32Array;
}

export interface IndexOptions {
  /** One occurrence per session, the last one. @default false */
  readonly once?: boolean;
  /** Occurrences kept for each item. @default Infinity */
  readonly newest?: number;
}

export function indexOf(
  sessions: Sessions,
  items: number,
  { once = false, newest = Number.POSITIVE_INFINITY }: IndexOptions = {},
): Index {
  const counts = occurrences(sessions, items, once);
  const starts = new Int32Array(items + 1);
  for (let item = 0; item < items; item++) {
    starts[item + 1] = (starts[item] ?? 0) + Math.min(newest, counts[item] ?? 0);
  }
  const filled = starts.slice(0, items);
  const size = starts[items] ?? 0;
  const index = { starts, sessions: new Int32Array(size), places: new Int32Array(size) };
  eachFromNewest(sessions, items, once, (item, session, place) => {
    const at = filled[item] ?? 0;
    if (at === starts[item + 1]) return;
    index.sessions[at] = session;
    index.places[at] = place;
    filled[item] = at + 1;
  });
  return index;
}

/** Occurrences of each item, or with `once` sessions that hold it. */
export function occurrences(sessions: Sessions, items: number, once: boolean): Int32Array {
  const counts = new Int32Array(items);
  eachFromNewest(sessions, items, once, (item) => {
    counts[item] = (counts[item] ?? 0) + 1;
  });
  return counts;
}

function eachFromNewest(
  sessions: Sessions,
  items: number,
  once: boolean,
  each: (item: number, session: number, place: number) => void,
): void {
  const last = new Int32Array(items).fill(-1);
  for (let session = countOf(sessions) - 1; session >= 0; session--) {
    for (let i = (sessions.starts[session + 1] ?? 0) - 1; i >= (sessions.starts[session] ?? 0); i--) {
      const item = sessions.items[i] ?? 0;
      if (once && last[item] === session) continue;
      last[item] = session;
      each(item, session, i);
    }
  }
}
