/** Sessions as flat arrays, oldest first. */
export interface Sessions {
  /** Items of all sessions, one session after the other. */
  readonly items: Int32Array;
  /** Where each session begins, and at the end the length of `items`. */
  readonly starts: Int32Array;
}

export const countOf = ({ starts }: Sessions): number => starts.length - 1;

export function toSessions(lists: readonly ArrayLike<number>[]): Sessions {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = (starts[i] ?? 0) + list.length;
  });
  const items = new Int32Array(starts.at(-1) ?? 0);
  lists.forEach((list, i) => items.set(list, starts[i] ?? 0));
  return { items, starts };
}

/** Calls `each` with the bounds [from, to) of every session within `items`. */
export function eachSession(
  { starts }: Sessions,
  each: (from: number, to: number, session: number) => void,
): void {
  for (let i = 0; i + 1 < starts.length; i++) each(starts[i] ?? 0, starts[i + 1] ?? 0, i);
}

/**
 * exp(-age / decay) of each session, its age being the share of all sessions that are newer: 1 for the newest. There are no
 * clocks in public session sets, only their order. An infinite `decay` gives 1 to all.
 */
export function freshness(count: number, decay: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.exp(-(count - 1 - i) / count / decay));
}
