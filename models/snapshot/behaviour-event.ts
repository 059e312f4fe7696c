/** An event as models read it: the same whether it comes from the lake or from a profile's newest events. */
import { amountOf, lineOf, linesOf } from '../../domain/profile/commerce.ts';
import type { RecentEvent } from '../../domain/profile/state.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import type { BehaviourEvent } from '../behaviour/example.ts';

/** Kind of an order: what purchase and value are learned from. */
export const ORDER = 'Order Completed';

const kindOf = ({ type, event }: Pick<RecentEvent, 'type' | 'event'>): string =>
  type === 'track' ? event : type;

const fieldsOf = (line: {
  item?: string | undefined;
  category?: string | undefined;
  priceMinor?: number | undefined;
}) => ({
  ...(line.item === undefined ? {} : { item: line.item }),
  ...(line.category === undefined ? {} : { category: line.category }),
  ...(line.priceMinor === undefined ? {} : { price: line.priceMinor / 100 }),
});

/** From a clean event. */
export function ofClean(event: CleanEvent): BehaviourEvent {
  const line = event.type === 'track' ? lineOf(event.properties) : {};
  return { kind: kindOf(event), ...fieldsOf(line), at: event.timestamp };
}

/** From a profile. */
export const ofRecent = (event: RecentEvent): BehaviourEvent => ({
  kind: kindOf(event),
  ...fieldsOf(event),
  at: event.time,
});

/** Value of an order in currency units; undefined for another event. */
export const orderValue = (event: CleanEvent): number | undefined =>
  event.type === 'track' && event.event === ORDER
    ? amountOf(event, linesOf(event.properties)) / 100
    : undefined;
