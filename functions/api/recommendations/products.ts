/** `PUT /api/products`: the shop's catalogue. `GET /api/products`: what is known. */
import type * as z from 'zod/mini';
import { productOf, RANK } from '../../../domain/recommend/product.ts';
import { saveProducts } from '../../../domain/recommend/store.ts';
import { readJson } from '../body.ts';
import { optional } from '../parameters.ts';
import type { Answer, Call } from '../route.ts';
import { offerView } from './answers.ts';
import { shelvesOf } from './recommend.ts';
import { productsBody, type productsReply, type savedReply } from './schemas.ts';

export async function putProducts({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof savedReply>>> {
  const { products } = readJson(productsBody, request);
  const now = services.clock.now();
  const told = new Map(
    products.map(({ item, category, ...rest }) => [
      item,
      productOf({ ...rest, category: category?.split('/')[0]?.trim() || undefined }, RANK.catalogue, now),
    ]),
  );
  await saveProducts(services.tables.products, tenant, told);
  shelvesOf(services).forget(tenant);
  return { value: { products: products.length } };
}

interface Search {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  readonly limit: number;
}

export async function readShelf({
  services,
  tenant,
  query,
}: Call<unknown, Search>): Promise<Answer<z.output<typeof productsReply>>> {
  const shelf = await shelvesOf(services).of(tenant);
  const wanted = query.search?.toLowerCase();
  const { category } = query;
  const found = (category === undefined ? shelf.newest : shelf.inCategory(category))
    .filter(
      ({ item, name = '' }) => wanted === undefined || `${item}\n${name}`.toLowerCase().includes(wanted),
    )
    .slice(0, query.limit);
  return {
    value: {
      products: found.map((offer) => ({
        item: offer.item,
        ...offerView(offer),
        ...optional('stock', offer.stock),
        listed: offer.listed,
      })),
      categories: [...shelf.categories],
      listed: shelf.listed,
    },
  };
}
