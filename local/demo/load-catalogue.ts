/** Tells the system what the demo shop sells, as a shop's server would. */
import { catalogue, stockOf } from '../../web/shop/catalogue.ts';

/** @throws Error when it is not taken. */
export async function loadCatalogue({ url, secretKey }: { url: string; secretKey: string }): Promise<void> {
  const products = catalogue.map((product) => ({
    item: product.product_id,
    name: product.name,
    category: product.category,
    price: product.price,
    currency: 'USD',
    url: `/shop/product/${product.product_id}`,
    stock: stockOf(product),
  }));
  const reply = await fetch(`${url}/api/products`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secretKey}` },
    body: JSON.stringify({ products }),
  });
  await reply.arrayBuffer();
  if (!reply.ok) throw new Error(`the catalogue was answered with ${reply.status}`);
}
