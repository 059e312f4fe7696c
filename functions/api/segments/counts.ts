/** Counts of people as replies show them: rounded, and not at all where few people stand behind one. */
import * as z from 'zod/mini';
import type { Compiled } from '../../../domain/segments/evaluate.ts';
import { sizeOf } from '../../../domain/segments/roster.ts';
import { described } from '../parameters.ts';
import type { ApiServices } from '../route.ts';
import { type People, PeopleKeeper } from './people.ts';

/** Fewer people than this are not counted out. */
export const LEAST = 25;
const STEP = 5;

export const countView = z.object({
  people: described(`rounded to ${STEP}; null: fewer than ${LEAST}`, z.nullable(z.int())),
  share: described('of all people, 0 to 1; null where the number is', z.nullable(z.number())),
});
export type CountView = z.infer<typeof countView>;

export const rounded = (people: number): number => Math.round(people / STEP) * STEP;

/** `chosen` of `all` people, both as they are. */
export function viewOfCount(chosen: number, all: number): CountView {
  if (chosen < LEAST) return { people: null, share: null };
  const people = rounded(chosen);
  return { people, share: Math.min(1, Math.round((people / Math.max(1, rounded(all))) * 1000) / 1000) };
}

export const countIn = ({ roster, weight }: People, compiled: Compiled, now: number): number =>
  Math.round(sizeOf(roster.select(compiled, now)) * weight);

interface Kept {
  readonly people: PeopleKeeper;
  readonly counts: Map<string, { readonly count: number; readonly at: number; readonly took: number }>;
}
const kept = new WeakMap<ApiServices, Kept>();

function keptBy(services: ApiServices): Kept {
  const known = kept.get(services) ?? { people: new PeopleKeeper(services), counts: new Map() };
  kept.set(services, known);
  return known;
}

export const peopleOf = (services: ApiServices, tenant: string): Promise<People> =>
  keptBy(services).people.of(tenant);

const FRESH_MS = 3000;
const KEPT = 5000;

/** A count by name, taken again when it is old; what takes long is taken less often, so that counting never fills a machine. */
export function countOf(services: ApiServices, name: string, people: People, compiled: Compiled): number {
  const { counts } = keptBy(services);
  const now = services.clock.now();
  const known = counts.get(name);
  if (known && now - known.at < Math.max(FRESH_MS, known.took * 50)) return known.count;
  const count = countIn(people, compiled, now);
  if (counts.size >= KEPT) counts.clear();
  counts.set(name, { count, at: now, took: services.clock.now() - now });
  return count;
}
