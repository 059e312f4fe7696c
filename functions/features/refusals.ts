/**
 * Who refuses analytics, for those who have no profile at hand: cleaning lets none of their events into the stream. The
 * profile decides; the list follows it after each write, also when the record of that write is delivered again.
 */
import { refuses } from '../../domain/consent/record.ts';
import { profileId } from '../../domain/ids.ts';
import type { Table } from '../../domain/ports.ts';
import type { Profile } from '../../domain/profile/item.ts';
import { SuppressionList, suppress, unsuppress } from '../../domain/vault/suppression.ts';
import type { Arrival } from './arrival.ts';

interface Change {
  readonly on: Set<string>;
  readonly off: Set<string>;
}

export class Refusals {
  readonly #table: Table;
  readonly #secret: string;
  readonly #list: SuppressionList;
  #changes = new Map<string, Change>();

  constructor(table: Table, secret: string) {
    this.#table = table;
    this.#secret = secret;
    this.#list = new SuppressionList(table, 'refusal');
  }

  /** Catches up with what others wrote. */
  refresh(tenants: Iterable<string>): Promise<boolean> {
    return this.#list.refresh(tenants);
  }

  /** Notes where a stored profile stands, when its arrivals say something about analytics. */
  note(profile: Profile, arrivals: readonly Arrival[]): void {
    if (!arrivals.some(({ event }) => event.consent?.analytics !== undefined)) return;
    const { tenant, state } = profile;
    const refused = refuses(state.consent, 'analytics');
    for (const subject of this.#subjectsOf(profile)) {
      if (this.#list.has(tenant, subject) === refused) continue;
      const change = this.#changes.get(tenant) ?? { on: new Set(), off: new Set() };
      this.#changes.set(tenant, change);
      (refused ? change.on : change.off).add(subject);
      (refused ? change.off : change.on).delete(subject);
    }
  }

  /** Writes what was noted. `now`: ms. @throws WellspringError `conflict_persists`; then the batch comes again. */
  async settle(now: number): Promise<void> {
    const changes = this.#changes;
    this.#changes = new Map();
    for (const [tenant, { on, off }] of changes) {
      await suppress(this.#table, tenant, [...on], { reason: 'refused', now });
      await unsuppress(this.#table, tenant, [...off], 'refusal');
    }
  }

  /** A user is named only by a profile that trusted senders write: a page could name anybody. */
  #subjectsOf({ id, tenant, state }: Profile): string[] {
    const users = [...state.userIds].filter(
      (userId) => profileId(this.#secret, tenant, 'user', userId) === id,
    );
    return [...users, ...state.anonymousIds];
  }
}
