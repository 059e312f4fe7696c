/**
 * Simulated shoppers: each comes, looks around, perhaps buys, leaves, and comes back another time.
 * Everything follows from the random numbers given, so a seed names a whole day in the shop.
 */
import type { JsonObject } from '../../events/json.ts';
import { catalogue, type Product } from '../../web/shop/catalogue.ts';
import { type Errand, errandOf, shopperOf } from './errands.ts';

/** One call in Segment's wire form, without message id and time. */
export type Call = JsonObject & { readonly type: string };

export interface ShopperOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How many people there are. */
  readonly people: number;
}

interface Visit {
  readonly person: number;
  readonly context: JsonObject;
  readonly basket: Product[];
  readonly errand: Errand;
  /** How far along the errand. */
  place: number;
  next: Stage;
}

type Stage = 'arrive' | 'list' | 'product' | 'add' | 'login' | 'checkout' | 'order' | 'leave';

/** Where a visit goes on, with odds. */
const paths: Readonly<Record<Exclude<Stage, 'leave'>, readonly (readonly [Stage, number])[]>> = {
  arrive: [
    ['list', 0.6],
    ['product', 0.3],
    ['leave', 0.1],
  ],
  list: [
    ['product', 0.75],
    ['list', 0.1],
    ['leave', 0.15],
  ],
  product: [
    ['product', 0.3],
    ['list', 0.2],
    ['add', 0.25],
    ['leave', 0.25],
  ],
  add: [
    ['login', 0.5],
    ['product', 0.3],
    ['leave', 0.2],
  ],
  login: [['checkout', 1]],
  checkout: [
    ['order', 0.7],
    ['leave', 0.3],
  ],
  order: [['leave', 1]],
};

const campaigns = ['spring', 'newsletter', 'lookalike'] as const;
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
] as const;
const ORIGIN = 'https://shop.example';
/** Visits going on at once. */
const VISITS = 24;

export class Shoppers {
  readonly #random: () => number;
  readonly #people: number;
  readonly #visits: Visit[] = [];

  constructor({ random, people }: ShopperOptions) {
    this.#random = random;
    this.#people = people;
  }

  /** What happens next in the shop. */
  next(): Call {
    const slot = this.#below(VISITS);
    let visit = this.#visits[slot];
    if (!visit || visit.next === 'leave') this.#visits[slot] = visit = this.#arrive();
    const call = this.#call(visit, visit.next);
    visit.next = this.#after(visit.next);
    return call;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  /** The product that the visit has come to; now and then another one. */
  #product({ errand, place }: Visit): Product {
    const next = errand[Math.max(0, place - 1) % Math.max(1, errand.length)];
    return next && this.#random() < 0.9 ? next : this.#pick(catalogue);
  }

  #arrive(): Visit {
    // Squared: some come often, most rarely.
    const person = Math.floor(this.#random() ** 2 * this.#people);
    const campaign =
      this.#random() < 0.3
        ? { campaign: { name: this.#pick(campaigns), source: 'mail', medium: 'email' } }
        : {};
    const context = { userAgent: agents[person % agents.length] ?? agents[0], locale: 'en-US', ...campaign };
    const errand = errandOf(shopperOf(person), this.#random);
    return { person, context, basket: [], errand, place: 0, next: 'arrive' };
  }

  #after(stage: Stage): Stage {
    let left = this.#random();
    for (const [next, odds] of stage === 'leave' ? [] : paths[stage]) {
      left -= odds;
      if (left < 0) return next;
    }
    return 'leave';
  }

  #call(visit: Visit, stage: Stage): Call {
    const base = { anonymousId: `demo-device-${visit.person}`, context: visit.context };
    const track = (event: string, properties: JsonObject): Call => ({
      ...base,
      type: 'track',
      event,
      properties,
    });
    switch (stage) {
      case 'arrive':
      case 'leave':
        return {
          ...base,
          type: 'page',
          name: 'Home',
          properties: { url: `${ORIGIN}/`, path: '/', title: 'Shop' },
        };
      case 'list':
        return track('Product List Viewed', { category: this.#product(visit).category });
      case 'product':
        visit.place++;
        return track('Product Viewed', { ...this.#product(visit), currency: 'USD' });
      case 'add': {
        const product = this.#product(visit);
        visit.basket.push(product);
        return track('Product Added', { ...product, quantity: 1, currency: 'USD' });
      }
      case 'login':
        return {
          ...base,
          type: 'identify',
          userId: `demo-person-${visit.person}`,
          traits: { plan: visit.person % 5 === 0 ? 'club' : 'guest' },
        };
      case 'checkout': {
        const { products, total } = bought(visit);
        return track('Checkout Started', { value: total, currency: 'USD', products });
      }
      case 'order': {
        const { products, total } = bought(visit);
        const order = `demo-${Math.floor(this.#random() * 1e9).toString(36)}`;
        return {
          ...track('Order Completed', { order_id: order, total, revenue: total, currency: 'USD', products }),
          userId: `demo-person-${visit.person}`,
        };
      }
    }
  }
}

function bought({ basket }: Visit): { products: JsonObject[]; total: number } {
  const products = basket.map((product) => ({ ...product, quantity: 1 }));
  return { products, total: products.reduce((sum, { price }) => sum + price, 0) };
}
