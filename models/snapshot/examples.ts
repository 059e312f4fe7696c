/** Point-in-time examples: what was known at a cut, and what came after it. */
import type { BehaviourEvent, Example, Labels } from '../behaviour/example.ts';
import type { Past, PastEvent } from './history.ts';

export const DAY_MS = 86_400_000;
/** Events of a history, the newest ones: as many as a profile keeps. */
const EVENTS = 50;

export interface Windows {
  /** How long before a cut somebody must have been active to be an example, ms. */
  readonly active: number;
  /** Left out after a cut, ms: the visit that is going on then must not give its own end away. */
  readonly gap: number;
  readonly purchase: number;
  readonly churn: number;
  /** Within which the next order must come for its value to be a label. */
  readonly value: number;
}

export const windows: Windows = {
  active: 60 * DAY_MS,
  gap: 3_600_000,
  purchase: 7 * DAY_MS,
  churn: 30 * DAY_MS,
  value: 30 * DAY_MS,
};

/**
 * The example of one person at `cut`; undefined for who was not active before it. Events at the cut or later are labels
 * only, never history. A label whose window ends after `end`, the last moment that is known, is left out. Whether somebody
 * bought is no label as long as only the public key has spoken of them: anybody can make up people who never buy.
 */
export function exampleAt(
  person: Past,
  cut: number,
  end: number,
  set: Windows = windows,
): Example | undefined {
  const after = firstAtOrAfter(person.events, cut);
  const newest = person.events[after - 1];
  if (!newest || newest.at < cut - set.active) return undefined;
  const events = person.events.slice(Math.max(0, after - EVENTS), after).map(withoutOrder);
  const { purchase, ...labels } = labelsOf(person.events.slice(after), cut, end, set);
  const vouched = person.vouchedFrom !== undefined && person.vouchedFrom < cut;
  return {
    profile: person.profile,
    cut,
    events,
    labels: { ...(vouched && purchase !== undefined && { purchase }), ...labels },
  };
}

function labelsOf(later: readonly PastEvent[], cut: number, end: number, set: Windows): Labels {
  const start = cut + set.gap;
  const until = (length: number): PastEvent[] => later.filter(({ at }) => at >= start && at < start + length);
  const known = (length: number): boolean => start + length <= end;
  const value = until(set.value).find(({ order }) => order !== undefined)?.order;
  return {
    ...(known(set.purchase) && {
      purchase: until(set.purchase).some(({ order }) => order !== undefined) ? 1 : 0,
    }),
    ...(known(set.churn) && { churn: until(set.churn).length === 0 ? 1 : 0 }),
    ...(known(set.value) && value !== undefined && { value }),
  };
}

/** Most events are no orders, and are shared by all examples that hold them. */
function withoutOrder(event: PastEvent): BehaviourEvent {
  if (event.order === undefined) return event;
  const { kind, item, category, price, at } = event;
  return {
    kind,
    ...(item === undefined ? {} : { item }),
    ...(category === undefined ? {} : { category }),
    ...(price === undefined ? {} : { price }),
    at,
  };
}

/** Index of the first event at `time` or later. */
function firstAtOrAfter(events: readonly PastEvent[], time: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
