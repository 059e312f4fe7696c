/** A small simulated shop: people with tastes who walk along shelves, buy, and stay away or come back. */
import { seededRandom } from '../../domain/random.ts';
import type { CleanEvent } from '../../events/envelope.ts';

const DAY_MS = 86_400_000;
const ITEMS = 30;
const MISSIONS = 24;
const LENGTH = 8;

export interface ShopOptions {
  readonly people: number;
  readonly days: number;
  /** Time of the first day, ms. */
  readonly start: number;
  readonly seed: number;
  readonly tenant: string;
}

/**
 * Clean events of one tenant, in order of time. A visit follows one of many missions, paths through the same items, and
 * people have favourites among them: what comes next hangs on more than the last item.
 */
export function simulateShop({ people, days, start, seed, tenant }: ShopOptions): CleanEvent[] {
  const random = seededRandom(seed);
  const events: CleanEvent[] = [];
  const event = eventOf(tenant);
  const missions = Array.from({ length: MISSIONS }, () =>
    Array.from({ length: LENGTH }, () => Math.floor(random() * ITEMS)),
  );
  for (let person = 0; person < people; person++) {
    const favourite = Math.floor(random() * MISSIONS);
    const rate = 0.03 + random() * 0.12;
    // The same share is lost on every day, so that no day is unlike another.
    const lost = Math.floor(-Math.log(1 - random()) * 250);
    for (let day = 0; day < Math.min(lost, days); day++) {
      if (random() > rate) continue;
      const mission = missions[random() < 0.8 ? favourite : Math.floor(random() * MISSIONS)] ?? [];
      let at = start + day * DAY_MS + Math.floor(random() * 20) * 3_600_000;
      let place = Math.floor(random() * 3);
      for (const steps = 3 + Math.floor(random() * 4); place < steps + 2 && place < LENGTH; place++) {
        if (random() < 0.1) continue;
        const item = random() < 0.1 ? Math.floor(random() * ITEMS) : (mission[place] ?? 0);
        const looked = { product_id: `i${item}`, category: `shelf ${item % 7}`, price: 5 + item };
        events.push(event(person, at, 'Product Viewed', looked));
        at += 20_000 + Math.floor(random() * 60_000);
      }
      if (random() < 0.15 + 0.5 * rate)
        events.push(
          event(person, at, 'Order Completed', { revenue: 20 + favourite, order_id: `${person}-${day}` }),
        );
    }
  }
  return events.sort((a, b) => a.timestamp - b.timestamp);
}

const eventOf =
  (tenant: string) =>
  (person: number, at: number, name: string, properties: CleanEvent['properties']): CleanEvent => ({
    version: 1,
    receipt: `0:${at}:${person}`,
    tenant,
    source: 's',
    trust: 'secret',
    messageId: `${person}-${at}-${name}`,
    type: 'track',
    event: name,
    timestamp: at,
    receivedAt: at,
    properties,
    traits: {},
    context: {},
    flags: [],
    userId: `u${person}`,
  });
