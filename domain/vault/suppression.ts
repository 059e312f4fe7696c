/**
 * The suppression list: people whose events must not be processed, as subjects and nothing else about them.
 *
 * One partition per tenant: an item per subject, and the item `version`, which every change rewrites with a condition.
 * It holds the newest changes too, so a reader that was here before reads this one item and nothing more.
 */
import * as z from 'zod/mini';
import type { CleanEvent } from '../../events/envelope.ts';
import { WellspringError } from '../errors.ts';
import { type Item, type Key, pages, type Table } from '../ports.ts';
import type { Subjects } from './subject.ts';

/** Why somebody is on the list; who refuses analytics is on one of their own. */
export const suppressionReasons = ['erased', 'objected', 'refused'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** Changes that the version item repeats: below 4 KB, so that reading it costs one unit. */
const NEWEST = 80;
const ATTEMPTS = 20;
const VERSION = 'version';

const entrySchema = z.object({ at: z.number(), reason: z.enum(suppressionReasons) });
export type SuppressionEntry = z.infer<typeof entrySchema> & { readonly subject: string };

const versionSchema = z.object({
  /** Every change after this version of the item is in `newest`. */
  since: z.number(),
  /** Ascending by version. */
  newest: z.array(z.tuple([z.number(), z.string(), z.boolean()])),
});
type VersionItem = z.infer<typeof versionSchema>;

/** `suppression`: nothing of them may be processed. `refusal`: they refuse analytics, and only what they allow is heard. */
export type ListName = 'suppression' | 'refusal';

const partition = (tenant: string, list: ListName): string => `${tenant}#${list}`;
const versionKey = (tenant: string, list: ListName): Key => ({ pk: partition(tenant, list), sk: VERSION });
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const read = (item: Item): unknown => JSON.parse(new TextDecoder().decode(item.data));
const readVersion = (item: Item | undefined): VersionItem =>
  item ? versionSchema.parse(read(item)) : { since: 0, newest: [] };

/**
 * Puts subjects on the list. Every batch that begins after this has resolved goes without them. `now`: ms.
 * @throws WellspringError `conflict_persists` when others keep changing the list; a repeat is harmless.
 */
export function suppress(
  table: Table,
  tenant: string,
  subjects: readonly string[],
  { reason, now }: { readonly reason: SuppressionReason; readonly now: number },
): Promise<void> {
  const data = encode({ at: now, reason });
  const list = reason === 'refused' ? 'refusal' : 'suppression';
  const keys = keysOf({ tenant, list }, subjects);
  return change({ table, tenant, list }, subjects, true, async () => {
    await table.put(keys.map((key) => ({ ...key, data })));
  });
}

/** Takes subjects off the list. @throws WellspringError `conflict_persists`, as {@link suppress}. */
export const unsuppress = (
  table: Table,
  tenant: string,
  subjects: readonly string[],
  list: ListName = 'suppression',
): Promise<void> =>
  change({ table, tenant, list }, subjects, false, () => table.delete(keysOf({ tenant, list }, subjects)));

interface Where {
  readonly table: Table;
  readonly tenant: string;
  readonly list: ListName;
}

const keysOf = ({ tenant, list }: Omit<Where, 'table'>, subjects: readonly string[]): Key[] =>
  subjects.map((sk) => ({ pk: partition(tenant, list), sk }));

/**
 * Items first, then the version on condition. Who loses the race writes its items again: so whoever changed the
 * version last also wrote the items last.
 */
async function change(
  { table, tenant, list }: Where,
  subjects: readonly string[],
  on: boolean,
  store: () => Promise<void>,
): Promise<void> {
  if (subjects.length === 0) return;
  const key = versionKey(tenant, list);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [item] = await table.get([key], { consistent: true });
    await store();
    const before = item?.version ?? 0;
    const next = versionAfter(readVersion(item), before + 1, subjects, on);
    const [result] = await table.put([{ ...key, data: encode(next), expect: before }]);
    if (result?.outcome === 'written') return;
  }
  throw new WellspringError('conflict_persists', 'the suppression list keeps changing');
}

/** The version item after a change. What has no room leaves by whole versions. */
function versionAfter(
  item: VersionItem,
  version: number,
  subjects: readonly string[],
  on: boolean,
): VersionItem {
  const all = [
    ...item.newest,
    ...subjects.map((subject): [number, string, boolean] => [version, subject, on]),
  ];
  const since = all.length > NEWEST ? (all[all.length - NEWEST - 1]?.[0] ?? version) : item.since;
  return { since, newest: all.filter(([at]) => at > since) };
}

/** Everybody on a tenant's list, in no order that means anything. */
export async function* suppressionEntries(
  table: Table,
  tenant: string,
  list: ListName = 'suppression',
): AsyncGenerator<SuppressionEntry> {
  const pk = partition(tenant, list);
  for await (const items of pages((from) => table.query({ pk, ...from }))) {
    for (const item of items) {
      if (item.sk !== VERSION) yield { subject: item.sk, ...entrySchema.parse(read(item)) };
    }
  }
}

interface Known {
  readonly version: number;
  readonly subjects: Set<string>;
}

/** Ids as an event carries them, before it is cleaned or after. */
export interface RawIds {
  readonly userId?: unknown;
  readonly anonymousId?: unknown;
  readonly previousId?: unknown;
}

/** The list in memory, about 100 bytes a subject. Each consumer has its own and refreshes it once per batch. */
export class SuppressionList {
  readonly #table: Table;
  readonly #list: ListName;
  readonly #known = new Map<string, Known>();

  constructor(table: Table, list: ListName = 'suppression') {
    this.#table = table;
    this.#list = list;
  }

  /**
   * Catches up with every change made before: one consistent read, and for tenants it does not know, their lists.
   * Answers whether any list changed.
   */
  async refresh(tenants: Iterable<string>): Promise<boolean> {
    const names = [...new Set(tenants)];
    if (names.length === 0) return false;
    let changed = false;
    const items = await this.#table.get(
      names.map((tenant) => versionKey(tenant, this.#list)),
      { consistent: true },
    );
    for (const [i, tenant] of names.entries()) {
      const item = items[i];
      const version = item?.version ?? 0;
      const known = this.#known.get(tenant) ?? { version: 0, subjects: new Set<string>() };
      if (version <= known.version) continue;
      changed = true;
      const subjects = await this.#next(tenant, known, readVersion(item));
      // Requests refresh side by side: a slow one must not bring an older list back.
      if (version > (this.#known.get(tenant)?.version ?? 0)) this.#known.set(tenant, { version, subjects });
    }
    return changed;
  }

  /** Whether a clean event names anybody on the list. */
  concerns(event: CleanEvent): boolean {
    return this.names(undefined, event.tenant, event);
  }

  /** Whether a subject is on the list. */
  has(tenant: string, subject: string | undefined): boolean {
    return subject !== undefined && this.#known.get(tenant)?.subjects.has(subject) === true;
  }

  /** Everybody on the list. */
  of(tenant: string): Iterable<string> {
    return this.#known.get(tenant)?.subjects ?? [];
  }

  /** Whether ids name anybody on the list; `subjects`: what makes raw ones comparable. An alias may name a user as well as a device. */
  names(
    subjects: Subjects | undefined,
    tenant: string,
    { userId, anonymousId, previousId }: RawIds,
  ): boolean {
    const list = this.#known.get(tenant)?.subjects;
    if (list === undefined || list.size === 0) return false;
    const has = (kind: 'user' | 'device', id: unknown): boolean =>
      typeof id === 'string' && list.has(subjects ? subjects.of(tenant, kind, id) : id);
    return (
      has('user', userId) ||
      has('device', anonymousId) ||
      has('device', previousId) ||
      has('user', previousId)
    );
  }

  async #next(tenant: string, known: Known, { since, newest }: VersionItem): Promise<Set<string>> {
    let { subjects } = known;
    if (since > known.version) {
      subjects = new Set();
      for await (const { subject } of suppressionEntries(this.#table, tenant, this.#list))
        subjects.add(subject);
    }
    for (const [version, subject, on] of newest) {
      if (version <= known.version) continue;
      if (on) subjects.add(subject);
      else subjects.delete(subject);
    }
    return subjects;
  }
}
