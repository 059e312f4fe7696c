/** What an example says, gathered once, before features are made of it. */
import type { BehaviourEvent, Example } from '../behaviour/example.ts';
import { basketsOf } from './baskets.ts';

/** What features are computed from, gathered once per example. */
export interface Facts extends ReturnType<typeof basketsOf> {
  readonly events: Example['events'];
  readonly cut: number;
  /** Days between the cut and each event, oldest first. */
  readonly ages: readonly number[];
  /** Distinct days with events, as days before the cut, oldest first. */
  readonly days: readonly number[];
  /** Gaps between those days. */
  readonly gaps: readonly number[];
  readonly categories: ReadonlyMap<string, number>;
  readonly categorised: number;
}

const DAY_MS = 86_400_000;

export function factsOf({ events: all, cut }: Example): Facts {
  const events = all.flatMap(numbered);
  const ages = events.map(({ at }) => Math.max(0, (cut - at) / DAY_MS));
  const days = [...new Set(ages.map(Math.floor))];
  const categories = new Map<string, number>();
  for (const { category } of events) {
    if (category !== undefined) categories.set(category, (categories.get(category) ?? 0) + 1);
  }
  return {
    events,
    cut,
    ages,
    days,
    gaps: days.slice(1).map((day, i) => (days[i] ?? day) - day),
    categories,
    categorised: sum([...categories.values()]),
    ...basketsOf(events),
  };
}

/** An event without a time says nothing; a price that is no number is none. */
function numbered(event: BehaviourEvent): BehaviourEvent[] {
  if (!Number.isFinite(event.at)) return [];
  const { price, ...rest } = event;
  return [price === undefined || Number.isFinite(price) ? event : rest];
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sum(values) / values.length;
export const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
