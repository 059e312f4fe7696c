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
  /** Whether everybody has a user id and says so with their address at the beginning of each visit. @default false */
  readonly known?: boolean;
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

/** What somebody who is known sends: their user id, and at times who they are. */
function named(made: object, person: number, first: boolean): object {
  const userId = `user-${person}`;
  const ids = { userId, anonymousId: `device-${person}` };
  if (!first) return { ...made, ...ids };
  const traits = { email: `${userId}@example.com`, name: `Person ${person}`, plan: 'club' };
  return { ...made, ...ids, type: 'identify', traits };
}

/** Bodies of `/v1/batch` requests; `count` events in all, message ids unique per seed. */
export function* requests(count: number, options: TrafficOptions): Generator<string> {
  const random = seededRandom(options.seed);
  const { perVisit = 1, known = false } = options;
  let person = 0;
  for (let at = 0; at < count; at += options.perRequest) {
    const size = Math.min(options.perRequest, count - at);
    const batch = Array.from({ length: size }, (_, i) => {
      const first = (at + i) % perVisit === 0;
      if (first) person = Math.floor(random() * options.people);
      const made = event(random, at + i, person, options);
      return known ? named(made, person, first) : made;
    });
    yield JSON.stringify({ batch, sentAt: new Date(options.start + at + size).toISOString() });
  }
}
