/**
 * What is known about a product, told by many senders in any order. Each fact is a register: who ranks higher wins, then who
 * is later. So joining is associative, commutative and idempotent, and a page cannot overwrite what the shop has said.
 */
import * as z from 'zod/mini';
import type { CleanEvent } from '../../events/envelope.ts';
import { isObject, type JsonObject } from '../../events/json.ts';
import { type Line, lineOf } from '../profile/commerce.ts';

/** Who said it: a page, a server's event, the catalogue that the shop has loaded. */
export const RANK = { page: 0, server: 1, catalogue: 2 } as const;

const fact = <T extends z.core.$ZodType>(value: T) =>
  z.optional(z.object({ value, rank: z.int(), at: z.number() }));

const factsSchema = z.object({
  name: fact(z.string()),
  /** Top level of a path. */
  category: fact(z.string()),
  /** Of one piece, in units of `currency`. */
  price: fact(z.number()),
  currency: fact(z.string()),
  url: fact(z.string()),
  imageUrl: fact(z.string()),
  /** Pieces left. */
  stock: fact(z.number()),
});
const productSchema = z.object({
  version: z.literal(1),
  /** When it was heard of first, ms. */
  since: z.number(),
  /** Whether the shop's catalogue holds it. */
  listed: z.boolean(),
  facts: factsSchema,
});
export type Product = z.infer<typeof productSchema>;
type Facts = Product['facts'];
export type FactName = keyof Facts;
export const factNames = ['name', 'category', 'price', 'currency', 'url', 'imageUrl', 'stock'] as const;

/** What one sender says about a product. */
export type Told = { readonly [N in FactName]?: NonNullable<Facts[N]>['value'] | undefined };

/** `at`: ms. */
export function productOf(told: Told, rank: number, at: number): Product {
  const said = <V>(value: V | undefined) => (value === undefined ? undefined : { value, rank, at });
  return {
    version: 1,
    since: at,
    listed: rank === RANK.catalogue,
    facts: {
      name: said(told.name),
      category: said(told.category),
      price: said(told.price),
      currency: said(told.currency),
      url: said(told.url),
      imageUrl: said(told.imageUrl),
      stock: said(told.stock),
    },
  };
}

type Register = { readonly value: string | number; readonly rank: number; readonly at: number };

function later<R extends Register>(a: R | undefined, b: R | undefined): R | undefined {
  if (!a || !b) return a ?? b;
  if (a.rank !== b.rank) return a.rank > b.rank ? a : b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.value >= b.value ? a : b;
}

export function mergeProducts(a: Product, b: Product): Product {
  const [x, y] = [a.facts, b.facts];
  return {
    version: 1,
    since: Math.min(a.since, b.since),
    listed: a.listed || b.listed,
    facts: {
      name: later(x.name, y.name),
      category: later(x.category, y.category),
      price: later(x.price, y.price),
      currency: later(x.currency, y.currency),
      url: later(x.url, y.url),
      imageUrl: later(x.imageUrl, y.imageUrl),
      stock: later(x.stock, y.stock),
    },
  };
}

/** Facts that are only repeated are written once a day, so that a view of a product is no write. */
const REPEAT_MS = 86_400_000;

/** Whether `merged` says something that the table should know. */
export function isNews(known: Product | undefined, merged: Product): boolean {
  if (!known || known.since !== merged.since || known.listed !== merged.listed) return true;
  return factNames.some((name) => {
    const [before, after] = [known.facts[name], merged.facts[name]];
    if (!before || !after) return before !== after;
    return before.value !== after.value || before.rank !== after.rank || after.at - before.at >= REPEAT_MS;
  });
}

export const encodeProduct = (product: Product): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(product));

/** @throws ZodError or SyntaxError for other bytes. */
export const decodeProduct = (data: Uint8Array): Product =>
  productSchema.parse(JSON.parse(new TextDecoder().decode(data)));

/** Events whose fields say what a product is. Prices of refunds and coupons are others. */
export const tellingEvents: ReadonlySet<string> = new Set([
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Order Completed',
]);

/** Addresses that a page may show: no scripts. */
export const isAddress = (text: string): boolean => /^(?:https?:\/\/|\/(?!\/))\S{1,2000}$/.test(text);

const text = (fields: JsonObject, name: string, most: number): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, most) : undefined;
};

const address = (fields: JsonObject, name: string): string | undefined => {
  const value = text(fields, name, 2001);
  return value !== undefined && isAddress(value) ? value : undefined;
};

/** What an event says about products, by item. Addresses count only from servers. */
export function productsIn(event: CleanEvent): (readonly [item: string, product: Product])[] {
  if (event.type !== 'track' || !tellingEvents.has(event.event)) return [];
  const { products, currency } = event.properties;
  const lines = Array.isArray(products) ? products.slice(0, 100).filter(isObject) : [];
  const rank = event.trust === 'secret' ? RANK.server : RANK.page;
  const common = typeof currency === 'string' ? currency : undefined;
  return [event.properties, ...lines].flatMap((fields) => {
    const line = lineOf(fields);
    if (line.item === undefined) return [];
    const told = toldBy(fields, line, common, rank === RANK.server);
    return [[line.item, productOf(told, rank, event.timestamp)] as const];
  });
}

function toldBy(fields: JsonObject, line: Line, currency: string | undefined, trusted: boolean): Told {
  const { category, priceMinor } = line;
  const price = priceMinor === undefined || priceMinor < 0 ? undefined : priceMinor / 100;
  return {
    name: text(fields, 'name', 200),
    category,
    price,
    currency: price === undefined ? undefined : (text(fields, 'currency', 3) ?? currency),
    ...(trusted && { url: address(fields, 'url'), imageUrl: address(fields, 'image_url') }),
  };
}
