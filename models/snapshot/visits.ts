/** Visits as lists of items looked at: what recommenders of the next item learn from and are judged on. */
import { GAP_MINUTES } from '../../domain/sessions.ts';
import type { PastEvent } from './history.ts';

export interface ItemVisit {
  /** Time of the first item, ms. */
  readonly at: number;
  /** In order; an item that repeats itself directly stands once. */
  readonly items: readonly string[];
}

const GAP_MS = GAP_MINUTES * 60_000;

/** Visits with at least two different steps, in order of time. */
export function visitsOf(people: readonly { readonly events: readonly PastEvent[] }[]): ItemVisit[] {
  const visits: ItemVisit[] = [];
  for (const { events } of people) {
    let open: { at: number; items: string[] } | undefined;
    let last = Number.NEGATIVE_INFINITY;
    for (const { item, at } of events) {
      if (!open || at - last >= GAP_MS) {
        if (open && open.items.length > 1) visits.push(open);
        open = { at, items: [] };
      }
      last = at;
      if (item === undefined || open.items.at(-1) === item) continue;
      if (open.items.length === 0) open.at = at;
      open.items.push(item);
    }
    if (open && open.items.length > 1) visits.push(open);
  }
  return visits.sort((a, b) => a.at - b.at || (a.items.join() < b.items.join() ? -1 : 1));
}
