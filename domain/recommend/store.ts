/** Products of a shop in the table `products`: one partition per tenant, one item per product. */
import { WellspringError } from '../errors.ts';
import { type Key, pages, type Table } from '../ports.ts';
import { decodeProduct, encodeProduct, isNews, mergeProducts, type Product } from './product.ts';

const ATTEMPTS = 5;

const partitionOf = (tenant: string): string => `${tenant}#products`;
const keyOf = (tenant: string, item: string): Key => ({ pk: partitionOf(tenant), sk: item });

/** Products by item. */
export type Products = ReadonlyMap<string, Product>;

/**
 * Joins what is told with what the table knows, and writes what is news. Repeats change nothing.
 * Answers the products as they are stored now. @throws WellspringError `conflict_persists`.
 */
export async function saveProducts(table: Table, tenant: string, told: Products): Promise<Products> {
  const stored = new Map<string, Product>();
  let open = [...told];
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new WellspringError('conflict_persists', 'products keep changing');
    const keys = open.map(([item]) => keyOf(tenant, item));
    const items = await table.get(keys, { consistent: true });
    const joined = open.map(([item, product], i) => {
      const known = items[i] && decodeProduct(items[i].data);
      return { item, product, known, merged: known ? mergeProducts(known, product) : product, i };
    });
    for (const { item, known, merged } of joined) stored.set(item, known ?? merged);
    const news = joined.filter(({ known, merged }) => isNews(known, merged));
    const results = await table.put(
      news.map(({ item, merged, i }) => ({
        ...keyOf(tenant, item),
        data: encodeProduct(merged),
        expect: items[i]?.version ?? 0,
      })),
    );
    for (const [i, { item, merged }] of news.entries())
      if (results[i]?.outcome === 'written') stored.set(item, merged);
    open = news
      .filter((_, i) => results[i]?.outcome !== 'written')
      .map(({ item, product }) => [item, product]);
  }
  return stored;
}

/** Products read at once: few enough to hold nobody up while they are decoded. */
const PAGE = 200;

/** Every product of a tenant, in order of item, some at a time. */
export async function* productPages(table: Table, tenant: string): AsyncGenerator<Products> {
  const pk = partitionOf(tenant);
  for await (const items of pages((from) => table.query({ pk, limit: PAGE, ...from })))
    yield new Map(items.map(({ sk, data }) => [sk, decodeProduct(data)]));
}

/** Every product of a tenant, in order of item. */
export async function readProducts(table: Table, tenant: string): Promise<Products> {
  const found = new Map<string, Product>();
  for await (const page of productPages(table, tenant))
    for (const [item, product] of page) found.set(item, product);
  return found;
}
