/** What the demo's shoppers did before today: months of visits, dated back. Everything follows from the seed. */
import { seededRandom } from '../../domain/random.ts';
import type { JsonObject } from '../../events/json.ts';
import { errandOf, type Product, type Shopper, shopperOf } from './catalogue.ts';
import type { Call } from './shoppers.ts';

export interface PastOptions {
  readonly people: number;
  readonly days: number;
  /** When the past ends, ms. */
  readonly until: number;
  readonly seed: number;
}

/** A call that was made at `at`, ms. */
export interface PastCall {
  readonly at: number;
  readonly call: Call;
}

const DAY_MS = 86_400_000;
const CURRENCY = 'USD';

/** Person by person, each in order of time. */
export function* pastCalls({ people, days, until, seed }: PastOptions): Generator<PastCall> {
  const random = seededRandom(seed);
  for (let person = 0; person < people; person++) {
    const shopper = shopperOf(person);
    // Some came late, some never came back.
    const from = random() < 0.5 ? 0 : Math.floor(random() * days);
    const to = random() < 0.35 ? from + Math.floor(random() * (days - from)) : days;
    for (let day = from; day < to; day++) {
      if (random() > shopper.rate) continue;
      yield* visit(shopper, until - (days - day) * DAY_MS + Math.floor(random() * DAY_MS * 0.8), random);
    }
  }
}

function* visit(shopper: Shopper, start: number, random: () => number): Generator<PastCall> {
  let at = start;
  const who = { anonymousId: `demo-device-${shopper.person}`, userId: `demo-person-${shopper.person}` };
  const track = (event: string, properties: JsonObject): PastCall => {
    at += 15_000 + Math.floor(random() * 60_000);
    return { at, call: { ...who, type: 'track', event, properties } };
  };
  const basket: Product[] = [];
  const errand = errandOf(shopper, random);
  const last = 3 + Math.floor(random() * 5);
  for (let place = Math.floor(random() * 3); place < Math.min(last, errand.length); place++) {
    const product = errand[place];
    if (!product || random() < 0.1) continue;
    yield track('Product Viewed', { ...product, currency: CURRENCY });
    if (random() > 0.1 + 0.4 * shopper.buys) continue;
    basket.push(product);
    yield track('Product Added', { ...product, quantity: 1, currency: CURRENCY });
  }
  if (basket.length === 0 || random() > shopper.buys) return;
  const total = basket.reduce((sum, { price }) => sum + price, 0);
  const products = basket.map((product) => ({ ...product, quantity: 1 }));
  const order_id = `demo-${shopper.person}-${start}`;
  yield track('Order Completed', { order_id, total, revenue: total, currency: CURRENCY, products });
}
