/** Orders in a history, with what went into the basket before them. */
import type { BehaviourEvent } from '../behaviour/example.ts';

/** Kinds of events, by their names in Segment's e-commerce spec. */
export const ORDER = 'Order Completed';
const ADDED = 'Product Added';

export interface Order {
  /** Major currency units: the order's price, or the sum of what was added since the last order. */
  readonly value: number;
  /** Items added since the last order, at least 1. */
  readonly items: number;
}

/** `open`: items added since the last order. @param events oldest first */
export function basketsOf(events: readonly BehaviourEvent[]): { orders: Order[]; open: number } {
  const orders: Order[] = [];
  let [items, value] = [0, 0];
  for (const { kind, price = 0 } of events) {
    if (kind === ADDED) {
      items++;
      value += Math.max(0, price);
    } else if (kind === ORDER) {
      orders.push({ value: price > 0 ? price : value, items: Math.max(1, items) });
      [items, value] = [0, 0];
    }
  }
  return { orders, open: items };
}
