/** The products of a tenant in memory, so that a warm answer reads none. */
import { setImmediate } from 'node:timers/promises';
import type { Clock, Table } from '../../../domain/ports.ts';
import type { Product } from '../../../domain/recommend/product.ts';
import { type Products, productPages } from '../../../domain/recommend/store.ts';
import type { Goods } from '../../../models/recommend/sources.ts';

/** A product with its facts as plain values. */
export interface Offer {
  readonly item: string;
  readonly name: string | undefined;
  readonly category: string | undefined;
  readonly price: number | undefined;
  readonly currency: string | undefined;
  readonly url: string | undefined;
  readonly imageUrl: string | undefined;
  readonly stock: number | undefined;
  readonly listed: boolean;
  /** ms. */
  readonly since: number;
}

export interface Shelf extends Goods {
  find(item: string): Offer | undefined;
  inCategory(category: string): readonly Offer[];
  readonly newest: readonly Offer[];
  /** Whether the shop has loaded a catalogue: then only what it holds is for sale. */
  readonly listed: boolean;
  /** By name of the category. */
  readonly categories: readonly string[];
}

const offerOf = (item: string, { facts, listed, since }: Product): Offer => ({
  item,
  name: facts.name?.value,
  category: facts.category?.value,
  price: facts.price?.value,
  currency: facts.currency?.value,
  url: facts.url?.value,
  imageUrl: facts.imageUrl?.value,
  stock: facts.stock?.value,
  listed,
  since,
});

export function shelfOf(products: Products): Shelf {
  const offers = new Map([...products].map(([item, product]) => [item, offerOf(item, product)]));
  const byCategory = new Map<string, Offer[]>();
  for (const offer of offers.values()) {
    if (offer.category === undefined) continue;
    const known = byCategory.get(offer.category);
    if (known) known.push(offer);
    else byCategory.set(offer.category, [offer]);
  }
  return {
    find: (item) => offers.get(item),
    inCategory: (category) => byCategory.get(category) ?? [],
    newest: [...offers.values()].sort((a, b) => b.since - a.since || (a.item < b.item ? -1 : 1)),
    listed: [...offers.values()].some(({ listed }) => listed),
    categories: [...byCategory.keys()].sort(),
  };
}

/** How long a look at the table holds, ms; a large catalogue, which takes long to read, is read more rarely. */
const FRESH_MS = 5_000;
/** Share of the time that reading may take. */
const BUSY = 0.02;

interface Held {
  readonly shelf: Promise<Shelf>;
  until: number;
}

/** Answers from memory and reads anew behind the answer. */
export class Shelves {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(options: { readonly table: Table; readonly clock: Clock }) {
    this.#table = options.table;
    this.#clock = options.clock;
  }

  /** What was on the shelf some seconds ago. @throws WellspringError `table_unavailable` when it was never read. */
  async of(tenant: string): Promise<Shelf> {
    const held = this.#held.get(tenant) ?? this.#open(tenant);
    if (this.#clock.now() >= held.until) void this.#renew(tenant, held);
    return held.shelf;
  }

  /** Forgets what was read: the next answer knows of a write that this process made. */
  forget(tenant: string): void {
    this.#held.delete(tenant);
  }

  #open(tenant: string): Held {
    const reading = this.#read(tenant);
    const held: Held = { shelf: reading.then(({ shelf }) => shelf), until: Number.POSITIVE_INFINITY };
    this.#held.set(tenant, held);
    reading.then(
      ({ until }) => {
        held.until = until;
      },
      () => {
        if (this.#held.get(tenant) === held) this.#held.delete(tenant);
      },
    );
    return held;
  }

  async #renew(tenant: string, held: Held): Promise<void> {
    held.until = Number.POSITIVE_INFINITY;
    try {
      const { shelf, until } = await this.#read(tenant);
      // Not over what a write has made this process forget meanwhile.
      if (this.#held.get(tenant) === held) this.#held.set(tenant, { shelf: Promise.resolve(shelf), until });
    } catch {
      held.until = this.#clock.now() + FRESH_MS;
    }
  }

  async #read(tenant: string): Promise<{ readonly shelf: Shelf; readonly until: number }> {
    const started = this.#clock.now();
    const products = new Map<string, Product>();
    for await (const page of productPages(this.#table, tenant)) {
      for (const [item, product] of page) products.set(item, product);
      // Requests get their turn between two pages.
      await setImmediate();
    }
    const shelf = shelfOf(products);
    const now = this.#clock.now();
    return { shelf, until: now + Math.max(FRESH_MS, (now - started) / BUSY) };
  }
}
