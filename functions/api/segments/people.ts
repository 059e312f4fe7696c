/**
 * The facts of all people of a tenant in memory, for counts while somebody types. Filled once, then kept up by the journal
 * of changes. On AWS each warm environment of the API holds its own; of a tenant that would not fit, a sample is held:
 * profile ids are keyed hashes, so whole partitions of them are a fair one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, pages, type Table } from '../../../domain/ports.ts';
import { plainFacts } from '../../../domain/segments/facts.ts';
import { journalPartition, MINUTE_MS, peoplePartition, shards } from '../../../domain/segments/keys.ts';
import { Roster } from '../../../domain/segments/roster.ts';
import { isApart, readPeople } from '../../membership/look.ts';
import { idsIn, newPeople } from '../../membership/new-people.ts';

/** People held per tenant: about 1 kB each. */
const HELD = 500_000;
/** People read between two turns of everybody else. */
const PAGE = 100;
/** For which facts count as fresh, ms. */
const FRESH_MS = 1000;
/** From when on nobody is answered from them: while very many change, a refresh takes its time. */
const STALE_MS = 2000;
/** A writer may be this late behind its word in the journal, ms. */
const LATE_MS = 10_000;
/** After a longer silence reading all is cheaper than the journal, which is kept for two hours. */
const SILENCE_MS = 60 * MINUTE_MS;

export interface People {
  readonly roster: Roster;
  /** How many people one of the roster stands for: 1 unless it is a sample. */
  readonly weight: number;
}

interface Held {
  roster: Roster;
  /** Partitions that are held. */
  readonly shards: Set<string>;
  /** ms. */
  at: number;
  /** Entries of the journal that were followed, by key; as old as a writer may be late. */
  followed: ReadonlySet<string>;
  /** The refresh that runs. */
  running: Promise<void> | undefined;
}

export interface PeopleStores {
  readonly clock: Clock;
  readonly tables: { readonly profiles: Table; readonly segments: Table };
}

export class PeopleKeeper {
  readonly #stores: PeopleStores;
  readonly #held: number;
  readonly #tenants = new Map<string, Held>();

  /** `held`: people per tenant above which a sample is held. */
  constructor(stores: PeopleStores, held: number = HELD) {
    this.#stores = stores;
    this.#held = held;
  }

  /** As of a second ago, two at most. @throws WellspringError `table_unavailable`. */
  async of(tenant: string): Promise<People> {
    const known = this.#tenants.get(tenant) ?? {
      roster: new Roster(),
      shards: new Set(shards),
      at: 0,
      followed: new Set(),
      running: undefined,
    };
    this.#tenants.set(tenant, known);
    const age = (): number => this.#stores.clock.now() - known.at;
    // The refresh that runs may have begun long ago: on AWS an environment sleeps between requests.
    for (let looks = 0; looks < 2 && age() >= STALE_MS; looks++) await this.#refreshed(tenant, known);
    // Whoever asks meanwhile has facts that will do; of a failure those hear who have to wait.
    if (age() >= FRESH_MS) this.#refreshed(tenant, known).catch(() => {});
    return { roster: known.roster, weight: shards.length / known.shards.size };
  }

  #refreshed(tenant: string, held: Held): Promise<void> {
    held.running ??= this.#refresh(tenant, held).finally(() => {
      held.running = undefined;
    });
    return held.running;
  }

  async #refresh(tenant: string, held: Held): Promise<void> {
    const now = this.#stores.clock.now();
    if (now - held.at > SILENCE_MS) await this.#readAll(tenant, held);
    else await this.#readChanged(tenant, held, now);
    held.at = now;
  }

  async #readAll(tenant: string, held: Held): Promise<void> {
    held.roster = new Roster();
    held.shards.clear();
    const [first = '', ...rest] = shards;
    await this.#readShards(tenant, held, [first]);
    const fit = Math.max(1, Math.floor(this.#held / Math.max(1, held.roster.size)));
    await this.#readShards(tenant, held, rest.slice(0, fit - 1));
  }

  /** New people first: whoever gets a standing meanwhile is found there, and else here. */
  async #readShards(tenant: string, held: Held, wanted: readonly string[]): Promise<void> {
    const { segments } = this.#stores.tables;
    for (const shard of wanted) held.shards.add(shard);
    for await (const list of newPeople(segments, tenant))
      await this.#read(
        tenant,
        held,
        idsIn(list).filter((id) => wanted.includes(id[0] ?? '')),
      );
    const open = [...wanted];
    const lanes = Array.from({ length: 4 }, async () => {
      for (let shard = open.shift(); shard !== undefined; shard = open.shift()) {
        const pk = peoplePartition(tenant, shard);
        for await (const items of pages((from) => segments.query({ pk, limit: PAGE, ...from })))
          await this.#read(
            tenant,
            held,
            items.map(({ sk }) => sk),
          );
      }
    });
    await Promise.all(lanes);
  }

  async #readChanged(tenant: string, held: Held, now: number): Promise<void> {
    const from = held.at - LATE_MS;
    const ids = new Set<string>();
    const entries = new Set<string>();
    for (let minute = Math.floor(from / MINUTE_MS); minute <= Math.floor(now / MINUTE_MS); minute++) {
      const pk = journalPartition(tenant, minute);
      for await (const items of pages((cursor) => this.#stores.tables.segments.query({ pk, ...cursor }))) {
        for (const word of items) {
          if (Number.parseInt(word.sk, 10) < from) continue;
          entries.add(word.sk);
          // Word of a change comes after the change, so it is read once.
          if (!held.followed.has(word.sk)) for (const id of idsIn(word)) ids.add(id);
        }
      }
    }
    const own = [...ids].filter((id) => held.shards.has(id[0] ?? ''));
    await this.#read(tenant, held, own);
    held.followed = entries;
  }

  async #read(tenant: string, { roster }: Held, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = ids.slice(at, at + PAGE);
      for (const { id, profile, scores } of await readPeople(this.#stores.tables.profiles, tenant, page)) {
        if (isApart(profile)) roster.delete(id);
        else roster.set(id, plainFacts(profile.state, scores));
      }
      await nextTurn();
    }
  }
}
