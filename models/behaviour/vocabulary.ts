/** Which items, kinds, categories and prices a behaviour model knows. Stored beside the model as JSON. */
import * as z from 'zod/mini';
import type { BehaviourEvent, Example } from './example.ts';
import { RESERVED, UNKNOWN } from './sequence.ts';

const names = z.array(z.string());
const schema = z.object({
  version: z.literal(1),
  /** From the most frequent to the least. */
  items: names,
  kinds: names,
  categories: names,
  /** Cuts between price buckets, rising, major currency units. */
  prices: z.array(z.number()),
});
type Stored = z.infer<typeof schema>;

export interface VocabularyLimits {
  /** @default 100,000 */
  readonly items?: number;
  /** @default 64 */
  readonly kinds?: number;
  /** @default 256 */
  readonly categories?: number;
  /** Price buckets; equally full ones. @default 16 */
  readonly prices?: number;
  /** Occurrences without which an item stays unknown. @default 2 */
  readonly itemCount?: number;
}

/** Kinds before the first name: padding, unknown, now. */
const KIND_RESERVED = 3;

export class Vocabulary {
  readonly #stored: Stored;
  readonly #items: ReadonlyMap<string, number>;
  readonly #kinds: ReadonlyMap<string, number>;
  readonly #categories: ReadonlyMap<string, number>;

  constructor(stored: Stored) {
    this.#stored = stored;
    this.#items = rows(stored.items, RESERVED);
    this.#kinds = rows(stored.kinds, KIND_RESERVED);
    this.#categories = rows(stored.categories, RESERVED);
  }

  /** @throws ZodError or SyntaxError when the text is no vocabulary. */
  static parse(text: string): Vocabulary {
    return new Vocabulary(schema.parse(JSON.parse(text)));
  }

  toJSON(): Stored {
    return this.#stored;
  }

  get items(): readonly string[] {
    return this.#stored.items;
  }
  get kinds(): readonly string[] {
    return this.#stored.kinds;
  }
  get categories(): readonly string[] {
    return this.#stored.categories;
  }
  get prices(): readonly number[] {
    return this.#stored.prices;
  }

  itemRow(item: string | undefined): number {
    return (item === undefined ? undefined : this.#items.get(item)) ?? UNKNOWN;
  }
  kindRow(kind: string): number {
    return this.#kinds.get(kind) ?? UNKNOWN;
  }
  categoryRow(category: string | undefined): number {
    return (category === undefined ? undefined : this.#categories.get(category)) ?? UNKNOWN;
  }
  /** Undefined for a row that is no item. */
  itemAt(row: number): string | undefined {
    return this.#stored.items[row - RESERVED];
  }
}

const rows = (list: readonly string[], from: number): ReadonlyMap<string, number> =>
  new Map(list.map((name, i) => [name, from + i]));

/** Learns from training examples only: what validation alone has must stay unknown. */
export function buildVocabulary(examples: readonly Example[], limits: VocabularyLimits = {}): Vocabulary {
  const events = distinctEvents(examples);
  const known = (of: (event: BehaviourEvent) => string | undefined, limit: number, least = 1): string[] =>
    frequent(events.map(of), limit, least);
  return new Vocabulary({
    version: 1,
    items: known(({ item }) => item, limits.items ?? 100_000, limits.itemCount ?? 2),
    kinds: known(({ kind }) => kind, limits.kinds ?? 64),
    categories: known(({ category }) => category, limits.categories ?? 256),
    prices: cuts(
      events.flatMap(({ price }) => (price !== undefined && Number.isFinite(price) ? [price] : [])),
      limits.prices ?? 16,
    ),
  });
}

/** Examples of one profile at different cuts share events, which count once. */
function distinctEvents(examples: readonly Example[]): BehaviourEvent[] {
  const byProfile = new Map<string, Map<string, BehaviourEvent>>();
  for (const { profile, events } of examples) {
    const known = byProfile.get(profile) ?? new Map<string, BehaviourEvent>();
    for (const event of events) known.set(`${event.at} ${event.kind} ${event.item ?? ''}`, event);
    byProfile.set(profile, known);
  }
  return [...byProfile.values()].flatMap((known) => [...known.values()]);
}

/** The most frequent first; equal ones by name, so that the order of the examples does not matter. */
function frequent(list: readonly (string | undefined)[], limit: number, least: number): string[] {
  const counts = new Map<string, number>();
  for (const name of list) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([name]) => name);
}

/** Cuts that part the values into at most `buckets` equally full buckets. */
function cuts(values: number[], buckets: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const found = Array.from({ length: buckets - 1 }, (_, i) => {
    return sorted[Math.floor(((i + 1) * sorted.length) / buckets)];
  }).filter((cut) => cut !== undefined);
  return [...new Set(found)];
}
