/** Counts of people as replies show them: rounded, and not at all where few people stand behind one. */
import * as z from 'zod/mini';
import { LEAST_PEOPLE, roundedTo5, shownPeople, shownShare } from '../../../domain/insight/shown.ts';
import { selectCoarsely } from '../../../domain/segments/coarse.ts';
import { sizeOf } from '../../../domain/segments/roster.ts';
import type { Rule } from '../../../domain/segments/rule.ts';
import { described } from '../parameters.ts';
import type { ApiServices } from '../route.ts';
import { type People, PeopleKeeper } from './people.ts';

export const countView = z.object({
  people: described(
    `rounded to 5; null: fewer than ${LEAST_PEOPLE}. Conditions that decide about fewer are left out`,
    z.nullable(z.int()),
  ),
  share: described('of all people, 0 to 1; null where the number is', z.nullable(z.number())),
});
export type CountView = z.infer<typeof countView>;

/** `chosen` of `all` people, both as they are. */
export function viewOfCount(chosen: number, all: number): CountView {
  const people = shownPeople(chosen, all);
  return { people, share: shownShare(people, Math.max(1, roundedTo5(all))) };
}

/** Rows that count for a rule. */
export const countedRows = ({ roster }: Pick<People, 'roster'>, rule: Rule, now: number): Uint8Array =>
  selectCoarsely(roster, rule, LEAST_PEOPLE, now);

export const countIn = ({ roster, weight }: People, rule: Rule, now: number): number =>
  Math.round(sizeOf(countedRows({ roster }, rule, now)) * weight);

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
export function countOf(services: ApiServices, name: string, people: People, rule: Rule): number {
  const { counts } = keptBy(services);
  const now = services.clock.now();
  const known = counts.get(name);
  if (known && now - known.at < Math.max(FRESH_MS, known.took * 50)) return known.count;
  const count = countIn(people, rule, now);
  if (counts.size >= KEPT) counts.clear();
  counts.set(name, { count, at: now, took: services.clock.now() - now });
  return count;
}
