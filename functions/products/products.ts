/**
 * Stream step: clean events -> what is known about products. Nothing is counted, so events that are delivered again, late or
 * in another order leave the same facts.
 */
import type { StreamRecord, StreamResult } from '../../domain/ports.ts';
import {
  isNews,
  mergeProducts,
  type Product,
  productsIn,
  tellingEvents,
} from '../../domain/recommend/product.ts';
import { saveProducts } from '../../domain/recommend/store.ts';
import { unpack } from '../../events/packed.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import type { Services } from '../services.ts';

/** Products remembered, so that a view of one that is known reads nothing. */
const REMEMBERED = 20_000;

/** Builds the step; it remembers the products it met last. */
export function makeProducts(
  services: Services<'products'>,
): (records: readonly StreamRecord[]) => Promise<StreamResult> {
  const known = new Map<string, Map<string, Product>>();
  return async (records) => {
    for (const [tenant, told] of toldIn(records)) {
      const before = known.get(tenant) ?? new Map<string, Product>();
      known.set(tenant, before);
      const news = new Map([...told].filter(([item, product]) => mayBeNews(before.get(item), product)));
      if (news.size === 0) continue;
      const stored = await saveProducts(services.tables.products, tenant, news);
      for (const [item, product] of stored) before.set(item, product);
      forget(before);
      services.metrics.count('ProductsTold', news.size);
    }
    return {};
  };
}

/** The table may know more by now; what is no news to an older state is none to a newer one. */
const mayBeNews = (known: Product | undefined, told: Product): boolean =>
  !known || isNews(known, mergeProducts(known, told));

/** By tenant and item; an item that several events speak of stands once. */
function toldIn(records: readonly StreamRecord[]): Map<string, Map<string, Product>> {
  const told = new Map<string, Map<string, Product>>();
  for (const { data } of records) {
    for (const part of unpack(data).parts) {
      if (!names(part)) continue;
      const event = readCleanEvent(part);
      const products = told.get(event.tenant) ?? new Map<string, Product>();
      told.set(event.tenant, products);
      for (const [item, product] of productsIn(event)) {
        const before = products.get(item);
        products.set(item, before ? mergeProducts(before, product) : product);
      }
    }
  }
  return told;
}

/** Many events say nothing about a product: their bytes are not parsed. */
function names(part: Uint8Array): boolean {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  return (
    telling.some((name) => bytes.includes(name)) &&
    (bytes.includes('"product_id"') || bytes.includes('"sku"'))
  );
}

const telling = [...tellingEvents].map((name) => Buffer.from(JSON.stringify(name)));

function forget(products: Map<string, Product>): void {
  for (const item of products.keys()) {
    if (products.size <= REMEMBERED) return;
    products.delete(item);
  }
}
