/** Profiles -> where they stand, stored and announced. What the stream, the clock and a changed segment all set off. */
import { WellspringError } from '../../domain/errors.ts';
import type { Clock, Metrics, Stream, Table, Write } from '../../domain/ports.ts';
import { dueKey, journalPartition, MINUTE_MS, newPeoplePartition } from '../../domain/segments/keys.ts';
import { encodeStanding, follow, type Standing } from '../../domain/segments/standing.ts';
import type { Changed } from '../changed.ts';
import { find, type Looked, look, readPeople } from './look.ts';
import { listOf } from './new-people.ts';
import { type Rules, RulesCache } from './rules.ts';
import { type Open, settle } from './settle.ts';

/** Profiles of one look. */
const CHUNK = 200;
const ATTEMPTS = 5;
/** For which word of changes is kept for readers that hold facts in memory. */
export const JOURNAL_SECONDS = 2 * 3600;

export interface AssessServices {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tables: { readonly profiles: Table; readonly segments: Table };
  readonly streams: { readonly memberships: Stream };
}

interface Next extends Looked {
  /** undefined: what is stored says it already. */
  readonly next: Standing | undefined;
}

export class Assessor {
  readonly #services: AssessServices;
  readonly #rules: RulesCache;

  constructor(services: AssessServices) {
    this.#services = services;
    this.#rules = new RulesCache({ table: services.tables.segments, clock: services.clock });
  }

  /**
   * What word of changed profiles sets off. Of a tenant that never had a segment nobody is in any, so profiles are not even
   * read: those that are new are listed, because the pass over all people that a first segment sets off must find them.
   * @throws WellspringError `conflict_persists`.
   */
  async follow(tenant: string, { ids, merged, first }: Changed): Promise<void> {
    if (merged.size > 0) return this.assess(tenant, [...ids, ...(await this.#takenOver(tenant, merged))]);
    if ((await this.#rules.of(tenant)).revision > 0) return this.assess(tenant, [...ids]);
    const now = this.#services.clock.now();
    const listed = listOf(newPeoplePartition(tenant), [...first], now);
    await this.#services.tables.segments.put([...wordOf(tenant, [...ids], now), ...listed]);
  }

  /** Finds where each profile stands. @throws WellspringError `conflict_persists`. */
  async assess(tenant: string, ids: readonly string[]): Promise<void> {
    const all = [...new Set(ids)];
    for (let at = 0; at < all.length; at += CHUNK) {
      let open = new Map<string, ReadonlySet<string>>(all.slice(at, at + CHUNK).map((id) => [id, new Set()]));
      for (let attempt = 0; open.size > 0; attempt++) {
        if (attempt === ATTEMPTS) throw new WellspringError('conflict_persists', 'memberships keep changing');
        open = await this.#once(tenant, open);
      }
    }
  }

  /** Those whom others took over, which leave all segments. */
  async #takenOver(tenant: string, merged: ReadonlySet<string>): Promise<string[]> {
    const people = await readPeople(this.#services.tables.profiles, tenant, [...merged]);
    return people.flatMap(({ profile }) => profile.meta.linked);
  }

  /** `open`: ids with the lists of members to set right for each. Returns what is to be done again. */
  async #once(
    tenant: string,
    open: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<Map<string, ReadonlySet<string>>> {
    const { tables, streams, clock } = this.#services;
    const looked = await look(tables, tenant, [...open.keys()]);
    const now = clock.now();
    const rules = await this.#rulesFor(tenant, looked);
    const decided = looked.flatMap((one): Next[] => {
      const found = find(one, rules, now);
      // Nothing was ever said of it, so there is nothing to take back.
      return found.gone && !one.known ? [] : [{ ...one, next: follow(one.known, found, now) }];
    });
    await this.#prepare(tenant, [...open.keys()], decided, now);
    const changed = decided.filter(({ next }) => next !== undefined);
    const results = await tables.segments.put(changed.flatMap(writeOf));
    const again = new Map<string, ReadonlySet<string>>();
    const versions = new Map<string, number>();
    changed.forEach(({ id }, i) => {
      const result = results[i];
      if (result?.outcome === 'written') versions.set(id, result.version);
      else again.set(id, open.get(id) ?? new Set());
    });
    const ready = decided.flatMap((one) =>
      again.has(one.id) ? [] : openOf(one, versions, open.get(one.id)),
    );
    this.#count(ready);
    for (const left of await settle(
      { segments: tables.segments, memberships: streams.memberships },
      tenant,
      ready,
    ))
      again.set(left.id, new Set([...left.lists, ...left.standing.out.map(({ segment }) => segment)]));
    return again;
  }

  /** A standing that rests on a newer revision shows that ours is old. */
  async #rulesFor(tenant: string, looked: readonly Looked[]): Promise<Rules> {
    const rules = await this.#rules.of(tenant);
    const newer = looked.some(({ known }) => known !== undefined && known.revision > rules.revision);
    return newer ? this.#rules.of(tenant, true) : rules;
  }

  /** Both come before the standings: then a crash leaves a needless look behind, and never a missing one. */
  async #prepare(
    tenant: string,
    ids: readonly string[],
    decided: readonly Next[],
    now: number,
  ): Promise<void> {
    const due = decided.flatMap(({ id, known, next }): Write[] =>
      next?.due === undefined || next.due === known?.due
        ? []
        : [{ ...dueKey(next.due, tenant, id), data: new Uint8Array() }],
    );
    await this.#services.tables.segments.put([...wordOf(tenant, ids, now), ...due]);
  }

  #count(ready: readonly Open[]): void {
    const moves = ready.flatMap(({ standing }) => standing.out);
    const entered = moves.filter(({ kind }) => kind === 'entered').length;
    if (moves.length === 0) return;
    this.#services.metrics.count('SegmentEntered', entered);
    this.#services.metrics.count('SegmentLeft', moves.length - entered);
  }
}

/** Word of who may have changed. */
const wordOf = (tenant: string, ids: readonly string[], now: number): Write[] =>
  listOf(journalPartition(tenant, Math.floor(now / MINUTE_MS)), ids, now).map((list) => ({
    ...list,
    expiresAt: Math.ceil(now / 1000) + JOURNAL_SECONDS,
  }));

const writeOf = ({ key, version, next }: Next): Write[] =>
  next ? [{ ...key, data: encodeStanding(next), expect: version }] : [];

/** What still has to be listed and announced: now, or because nobody came to it the last time. */
function openOf(
  one: Next,
  versions: ReadonlyMap<string, number>,
  lists: ReadonlySet<string> = new Set(),
): Open[] {
  const { id, key, next, known, version } = one;
  const standing = next ?? known;
  if (!standing || (standing.out.length === 0 && !standing.gone && lists.size === 0)) return [];
  return [{ id, key, standing, version: versions.get(id) ?? version, lists }];
}
