/** What somebody does right now, from what their profile remembers and what the page says. */
import { GAP_MINUTES } from '../../domain/sessions.ts';
import type { BehaviourEvent } from '../behaviour/example.ts';

/** Events that models read, at most. */
const LONGEST = 50;
const GAP_MS = GAP_MINUTES * 60_000;
/** Time between two items of which only the order is known. */
const STEP_MS = 20_000;

/** What is known of an item that a page names. */
export type Describe = (item: string) => Pick<BehaviourEvent, 'category' | 'price'>;

/**
 * The events of a profile, followed by the items of the page that it does not hold yet: a page knows of the last click before
 * the profile does. `items`: in order, the newest last. `now`: ms.
 */
export function eventsWith(
  recent: readonly BehaviourEvent[],
  items: readonly string[],
  describe: Describe,
  now: number,
): BehaviourEvent[] {
  const visit = recent.filter(({ at }) => now - at < GAP_MS);
  const seen = new Set(visit.flatMap(({ item }) => item ?? []));
  const last = visit.findLast(({ item }) => item !== undefined)?.item;
  const fresh = items.filter((item, i) => !seen.has(item) || (i === items.length - 1 && item !== last));
  const from = Math.min(now, Math.max(recent.at(-1)?.at ?? 0, now - fresh.length * STEP_MS));
  const added = fresh.map((item, i) => ({
    kind: 'Product Viewed',
    item,
    ...describe(item),
    at: Math.round(from + ((now - from) * (i + 1)) / fresh.length),
  }));
  return [...recent, ...added].slice(-LONGEST);
}

/** Items that were in the cart when an order was made: bought, as far as the newest events tell. */
export function boughtIn(events: readonly BehaviourEvent[]): Set<string> {
  const bought = new Set<string>();
  const cart = new Set<string>();
  for (const { kind, item } of events) {
    if (kind === 'Product Added' && item !== undefined) cart.add(item);
    if (kind === 'Product Removed' && item !== undefined) cart.delete(item);
    if (kind !== 'Order Completed') continue;
    for (const one of cart) bought.add(one);
    if (item !== undefined) bought.add(item);
    cart.clear();
  }
  return bought;
}
