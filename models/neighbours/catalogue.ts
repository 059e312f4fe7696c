/** The neighbour models of one shop by the names of its items: fitted together, stored together, asked together. */
import * as z from 'zod/mini';
import { fitCoVisitation, unpackCoVisitation } from './co-visitation.ts';
import { fitPopularity, type Popularity, unpackPopularity } from './popularity.ts';
import type { Packable, Recommender } from './recommender.ts';
import { fitSessionKnn, type SessionKnnOptions, unpackSessionKnn } from './session-knn.ts';
import { toSessions } from './sessions.ts';

const itemsSchema = z.array(z.string());

/** Items within a visit that are looked at, the newest ones. */
const LONGEST = 50;

export class Catalogue {
  readonly items: readonly string[];
  readonly popularity: Popularity;
  readonly coVisitation: Packable;
  readonly neighbours: Packable;
  /** log(1 + count) of each item. */
  readonly logCounts: Float32Array;
  readonly #places: ReadonlyMap<string, number>;

  private constructor(
    items: readonly string[],
    models: Pick<Catalogue, 'popularity' | 'coVisitation' | 'neighbours'>,
  ) {
    this.items = items;
    this.popularity = models.popularity;
    this.coVisitation = models.coVisitation;
    this.neighbours = models.neighbours;
    this.logCounts = models.popularity.counts.map((count) => Math.log1p(count));
    this.#places = new Map(items.map((item, i) => [item, i]));
  }

  /** `visits`: lists of items, the oldest visit first. */
  static fit(visits: readonly (readonly string[])[], knn: Partial<SessionKnnOptions> = {}): Catalogue {
    const items = [...new Set(visits.flat())].sort();
    const places = new Map(items.map((item, i) => [item, i]));
    const sessions = toSessions(visits.map((visit) => visit.map((item) => places.get(item) ?? -1)));
    return new Catalogue(items, {
      popularity: fitPopularity(sessions, items.length),
      coVisitation: fitCoVisitation(sessions, items.length),
      neighbours: fitSessionKnn(sessions, items.length, knn),
    });
  }

  /** Reads {@link files}. @throws WellspringError `refused` or ZodError for other bytes. */
  static read(file: (name: keyof ReturnType<Catalogue['files']>) => Uint8Array): Catalogue {
    const items = itemsSchema.parse(JSON.parse(new TextDecoder().decode(file('items.json'))));
    return new Catalogue(items, {
      popularity: unpackPopularity(file('popularity.bin')),
      coVisitation: unpackCoVisitation(file('co-visitation.bin')),
      neighbours: unpackSessionKnn(file('neighbours.bin')),
    });
  }

  files(): Record<'items.json' | 'popularity.bin' | 'co-visitation.bin' | 'neighbours.bin', Uint8Array> {
    return {
      'items.json': new TextEncoder().encode(`${JSON.stringify(this.items)}\n`),
      'popularity.bin': this.popularity.pack(),
      'co-visitation.bin': this.coVisitation.pack(),
      'neighbours.bin': this.neighbours.pack(),
    };
  }

  /** Place of an item in scores, -1 for one that is not known. */
  placeOf(item: string): number {
    return this.#places.get(item) ?? -1;
  }

  /** A visit as places; items that are not known keep their step. */
  prefixOf(visit: readonly string[]): number[] {
    return visit.slice(-LONGEST).map((item) => this.placeOf(item));
  }

  /** What a recommender says to a visit; the item that is being looked at is no suggestion. */
  scores(recommender: Recommender, visit: readonly string[]): Float32Array {
    const out = new Float32Array(this.items.length);
    recommender.score(this.prefixOf(visit), out);
    const now = this.placeOf(visit.at(-1) ?? '');
    if (now >= 0) out[now] = 0;
    return out;
  }
}
