/** What the demo's shoppers did before today: months of visits, dated back. Everything follows from the seed. */
import { seededRandom } from '../../domain/random.ts';
import type { JsonObject } from '../../events/json.ts';
import type { Product } from '../../web/shop/catalogue.ts';
import { errandOf, type Shopper, shopperOf } from './errands.ts';
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
    const calls: PastCall[] = [];
    for (let day = from; day < to; day++) {
      if (random() > shopper.rate) continue;
      const start = until - (days - day) * DAY_MS + Math.floor(random() * DAY_MS * 0.8);
      calls.push(...visit(shopper, start, random));
    }
    yield* calls.filter(({ at }) => at < until).sort((a, b) => a.at - b.at);
  }
}

function visit(shopper: Shopper, start: number, random: () => number): PastCall[] {
  const calls: PastCall[] = [];
  let at = start;
  const who = {
    anonymousId: `demo-device-${shopper.person}`,
    userId: `demo-person-${shopper.person}`,
    ...campaignOf(start),
  };
  const happens = (call: JsonObject & { readonly type: string }): void => {
    at += 15_000 + Math.floor(random() * 60_000);
    calls.push({ at, call: { ...who, ...call } });
  };
  const track = (event: string, properties: JsonObject): void =>
    happens({ type: 'track', event, properties });
  const errand = errandOf(shopper, random);
  if (random() < 0.7) happens({ type: 'page', name: 'Home', properties: { path: '/', title: 'Shop' } });
  const [first] = errand;
  if (first && random() < 0.6) track('Product List Viewed', { category: first.category });
  const basket: Product[] = [];
  const last = 3 + Math.floor(random() * 5);
  for (let place = Math.floor(random() * 3); place < Math.min(last, errand.length); place++) {
    const product = errand[place];
    if (!product || random() < 0.1) continue;
    track('Product Viewed', { ...product, currency: CURRENCY });
    if (random() > 0.1 + 0.4 * shopper.buys) continue;
    basket.push(product);
    track('Product Added', { ...product, quantity: 1, currency: CURRENCY });
  }
  const total = totalOf(basket);
  const products = basket.map((product) => ({ ...product, quantity: 1 }));
  const order_id = `demo-${shopper.person}-${start}`;
  const checkOut = (): void => {
    const properties = { order_id, value: total, currency: CURRENCY, products };
    calls.push({ at: at + 5000, call: { ...who, type: 'track', event: 'Checkout Started', properties } });
  };
  if (basket.length === 0) return calls;
  if (random() > shopper.buys) {
    if (start % 3 === 0) checkOut();
    return calls;
  }
  checkOut();
  track('Order Completed', { order_id, total, revenue: total, currency: CURRENCY, products });
  const back = basket[0];
  if (back && random() < shopper.returns) {
    at += Math.floor((2 + random() * 10) * DAY_MS);
    const price = back.price;
    track('Order Refunded', { order_id, total: price, currency: CURRENCY, products: products.slice(0, 1) });
  }
  return calls;
}

const campaigns = [
  { name: 'newsletter', source: 'mail', medium: 'email' },
  { name: 'spring', source: 'search', medium: 'cpc' },
  { name: 'lookalike', source: 'social', medium: 'cpc' },
] as const;

/** Some visits come from a campaign; the last digits of their time say from which, so that no random number is spent. */
const campaignOf = (start: number): JsonObject => {
  const campaign = campaigns[start % 8];
  return campaign ? { context: { campaign } } : {};
};

const totalOf = (basket: readonly Product[]): number =>
  Math.round(basket.reduce((sum, { price }) => sum + price, 0) * 100) / 100;
