/** The lifecycle class that a customer has in the 30 days after a cut. */
import type { BehaviourEvent, Example } from '../behaviour/example.ts';
import { ORDER } from './baskets.ts';

/** In this order in every answer. */
export const lifecycleClasses = ['new', 'active', 'loyal', 'at risk', 'lapsed'] as const;
export type Lifecycle = (typeof lifecycleClasses)[number];

const DAY_MS = 86_400_000;
/** Days after the cut that decide. */
export const PERIOD_DAYS = 30;

/** What somebody did in the 30 days after the cut. */
export interface Outcome {
  readonly orders: number;
  readonly activeDays: number;
}

/** @param later events from the cut on; those after the period do not count */
export function outcomeOf(later: readonly BehaviourEvent[], cut: number): Outcome {
  const within = later.filter(({ at }) => at >= cut && at < cut + PERIOD_DAYS * DAY_MS);
  return {
    orders: within.filter(({ kind }) => kind === ORDER).length,
    activeDays: new Set(within.map(({ at }) => Math.floor((at - cut) / DAY_MS))).size,
  };
}

/**
 * The first that fits:
 * - lapsed: nothing at all in the period;
 * - loyal: an order in the period, after an earlier one;
 * - new: the first order in the period;
 * - at risk: no order, and active on fewer than half as many days as in the 30 days before the cut;
 * - active: the rest, who come and do not buy.
 */
export function lifecycleOf({ events, cut }: Example, { orders, activeDays }: Outcome): Lifecycle {
  if (activeDays === 0) return 'lapsed';
  if (orders > 0) return events.some(({ kind }) => kind === ORDER) ? 'loyal' : 'new';
  const recent = events.filter(({ at }) => at >= cut - PERIOD_DAYS * DAY_MS);
  const before = new Set(recent.map(({ at }) => Math.floor((cut - at) / DAY_MS))).size;
  return activeDays * 2 < before ? 'at risk' : 'active';
}
