/** Requests like a busy shop's server sends them: batches of real-sized e-commerce events. */

import { seededRandom } from '../../domain/random.ts';

const names = [
  'Product Viewed',
  'Product List Viewed',
  'Product Added',
  'Checkout Started',
  'Order Completed',
] as const;
const categories = ['lamps', 'chairs', 'tables', 'rugs', 'kitchen', 'garden', 'office', 'kids'];
const agent =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

export interface TrafficOptions {
  readonly people: number;
  readonly perRequest: number;
  readonly seed: number;
  /** Event time of the first event, ms since the epoch; later ones follow by a millisecond. */
  readonly start: number;
  /** Events in a row by the same person. @default 1 */
  readonly perVisit?: number;
}

function event(random: () => number, index: number, person: number, options: TrafficOptions): object {
  const name = names[Math.floor(random() ** 3 * names.length)] ?? names[0];
  const product = Math.floor(random() * 2000);
  // A product has one price, as in a shop.
  const price = ((product * 7919) % 20_000) / 100;
  const category = categories[product % categories.length];
  const line = {
    product_id: `p-${product}`,
    sku: `SKU-${product}`,
    name: `Product number ${product}`,
    category,
    price,
    quantity: 1,
  };
  const time = new Date(options.start + index).toISOString();
  return {
    type: 'track',
    event: name,
    messageId: `bench-${options.seed}-${index}`,
    anonymousId: `anon-${options.seed}-${person}`,
    timestamp: time,
    properties:
      name === 'Order Completed'
        ? { order_id: `o-${options.seed}-${index}`, total: price, currency: 'USD', products: [line] }
        : { ...line, currency: 'USD', position: index % 20 },
    context: {
      library: { name: '@segment/analytics-node', version: '3.1.0' },
      page: {
        url: `https://shop.example/p/${product}?utm_source=mail&utm_campaign=autumn`,
        path: `/p/${product}`,
        referrer: 'https://search.example/',
      },
      userAgent: agent,
      locale: 'en-US',
    },
  };
}

/** Bodies of `/v1/batch` requests; `count` events in all, message ids unique per seed. */
export function* requests(count: number, options: TrafficOptions): Generator<string> {
  const random = seededRandom(options.seed);
  const { perVisit = 1 } = options;
  let person = 0;
  for (let at = 0; at < count; at += options.perRequest) {
    const size = Math.min(options.perRequest, count - at);
    const batch = Array.from({ length: size }, (_, i) => {
      if ((at + i) % perVisit === 0) person = Math.floor(random() * options.people);
      return event(random, at + i, person, options);
    });
    yield JSON.stringify({ batch, sentAt: new Date(options.start + at + size).toISOString() });
  }
}
