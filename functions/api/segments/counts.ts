/** Counts of people as replies show them: rounded, and not at all where few people stand behind one. */
import * as z from 'zod/mini';
import { LEAST_PEOPLE, roundedTo5, shownPeople, shownShare } from '../../../domain/insight/shown.ts';
import { selectCoarsely } from '../../../domain/segments/coarse.ts';
import { compile } from '../../../domain/segments/evaluate.ts';
import { both, type Rows, sizeOf } from '../../../domain/segments/rows.ts';
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
export const countedRows = ({ roster }: Pick<People, 'roster'>, rule: Rule, now: number): Rows =>
  selectCoarsely(roster, rule, LEAST_PEOPLE, now);

const countIn = ({ roster, weight }: People, rule: Rule, now: number): number =>
  Math.round(sizeOf(countedRows({ roster }, rule, now)) * weight);

interface Taken<T> {
  readonly value: T;
  readonly at: number;
}

/** How many a rule counts, and some of those whom it selects. */
interface Selection {
  readonly count: number;
  readonly ids: readonly string[];
}

interface Kept {
  readonly people: PeopleKeeper;
  readonly counts: Map<string, Taken<number>>;
  readonly selections: Map<string, Taken<Selection>>;
}
const kept = new WeakMap<ApiServices, Kept>();

function keptBy(services: ApiServices): Kept {
  const known = kept.get(services) ?? {
    people: new PeopleKeeper(services),
    counts: new Map(),
    selections: new Map(),
  };
  kept.set(services, known);
  return known;
}

export const peopleOf = (services: ApiServices, tenant: string): Promise<People> =>
  keptBy(services).people.of(tenant);

const FRESH_MS = 3000;
const KEPT = 5000;

/** What was taken under a name, taken again when it is old. */
function takenOf<T>(
  all: Map<string, Taken<T>>,
  name: string,
  clock: ApiServices['clock'],
  take: (now: number) => T,
): T {
  const now = clock.now();
  const known = all.get(name);
  if (known && now - known.at < FRESH_MS) return known.value;
  const value = take(now);
  if (all.size >= KEPT) all.clear();
  all.set(name, { value, at: now });
  return value;
}

/** A count by name. */
export const countOf = (services: ApiServices, name: string, people: People, rule: Rule): number =>
  takenOf(keptBy(services).counts, name, services.clock, (now) => countIn(people, rule, now));

/** Whom a rule selects: how many, and up to `shown` of them, none where fewer than may be counted. */
export const selectionOf = (
  services: ApiServices,
  { tenant, people, rule, shown }: { tenant: string; people: People; rule: Rule; shown: number },
): Selection =>
  takenOf(keptBy(services).selections, `${tenant}#${JSON.stringify(rule)}`, services.clock, (now) => {
    const { roster, weight } = people;
    const counted = countedRows(people, rule, now);
    const count = Math.round(sizeOf(counted) * weight);
    if (viewOfCount(count, roster.size * weight).people === null) return { count, ids: [] };
    return { count, ids: roster.idsOf(both(counted, roster.select(compile(rule), now)), shown) };
  });
