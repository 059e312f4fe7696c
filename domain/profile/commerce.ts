/** What an e-commerce event adds to the sums. Names and fields are those of Segment's e-commerce spec. */
import type { CleanEvent } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';

/** Amounts beyond ten billion units are no prices; leaving them out keeps every sum exact. */
const MOST_MINOR = 1e12;

/** Hundredths of a unit; undefined for what is not an amount. */
export function minor(value: Json | undefined): number | undefined {
  if (typeof value !== 'number') return undefined;
  const rounded = Math.round(value * 100);
  return Math.abs(rounded) <= MOST_MINOR ? rounded + 0 : undefined;
}

const count = (value: Json | undefined): number =>
  typeof value === 'number' && value >= 0 && value <= 1e6 ? Math.round(value) : 1;

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, 128)
    : typeof value === 'number'
      ? `${value}`
      : undefined;

export interface Line {
  readonly item: string | undefined;
  readonly category: string | undefined;
  readonly priceMinor: number | undefined;
  readonly quantity: number;
}

/** The product that an event is about, or one line of an order. `category`: the top level of a path. */
export function lineOf(fields: JsonObject): Line {
  return {
    item: text(fields['product_id']) ?? text(fields['sku']),
    category: text(fields['category'])?.split(/\s*[/>|]\s*/)[0],
    priceMinor: minor(fields['price']),
    quantity: count(fields['quantity']),
  };
}

/** Lines of an order; at most 100 count. */
export function linesOf(properties: JsonObject): Line[] {
  const products = properties['products'];
  return Array.isArray(products) ? products.slice(0, 100).filter(isObject).map(lineOf) : [];
}

/** Amount of an order or refund: revenue, else total, else value, else the sum of its lines. */
export function amountOf(event: CleanEvent, lines: readonly Line[]): number {
  // An amount in a currency without a rate cannot be added to the others.
  if (event.flags.includes('currency_unknown')) return 0;
  const { revenue, total, value } = event.properties;
  const stated = minor(revenue) ?? minor(total) ?? minor(value);
  if (stated !== undefined) return stated;
  const sum = lines.reduce((all, line) => all + (line.priceMinor ?? 0) * line.quantity, 0);
  return Math.abs(sum) <= MOST_MINOR ? sum : 0;
}
