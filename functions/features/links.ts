/**
 * Which stored profile each event belongs to. A device that a person was recognised on becomes a tombstone
 * that points at the person; the tombstone is written before the person's profile takes its events over,
 * and taking over twice changes nothing, so no transaction is needed.
 */
import { WellspringError } from '../../domain/errors.ts';
import { linkDecision } from '../../domain/identity.ts';
import type { HeldProfile } from '../../domain/profile/held.ts';
import type { Arrival } from './arrival.ts';
import type { ProfileStore, Ref } from './store.ts';

const ATTEMPTS = 5;
const HOPS = 2;

/** The profiles of one batch, each handed out once. */
export class Workset {
  readonly profiles = new Map<string, HeldProfile>();
  readonly #store: ProfileStore;

  constructor(store: ProfileStore) {
    this.#store = store;
  }

  async load(refs: Iterable<Ref>, fresh = false): Promise<void> {
    const wanted = new Map<string, Ref>();
    for (const ref of refs) if (fresh || !this.profiles.has(ref.id)) wanted.set(ref.id, ref);
    if (wanted.size === 0) return;
    for (const profile of await this.#store.take([...wanted.values()], fresh))
      this.profiles.set(profile.id, profile);
  }

  get(id: string): HeldProfile {
    const profile = this.profiles.get(id);
    if (!profile) throw new Error('a profile was used before it was loaded');
    return profile;
  }

  /** Frozen profiles, as the table holds them. */
  tombstones(): HeldProfile[] {
    return [...this.profiles.values()].filter((profile) => profile.meta.into !== undefined);
  }

  /** The profile that an identity's events go to. @throws when tombstones form a chain that is too long. */
  canonical(id: string): HeldProfile {
    let profile = this.get(id);
    for (let hop = 0; profile.meta.into !== undefined; hop++) {
      if (hop === HOPS) throw new WellspringError('conflict_persists', 'tombstones form a chain');
      profile = this.get(profile.meta.into);
    }
    return profile;
  }
}

/** A profile with everything of this batch that concerns it. */
export interface Group {
  readonly profile: string;
  readonly arrivals: Arrival[];
  /** Frozen profiles whose content it takes over. */
  readonly absorbed: ReadonlySet<string>;
  /** Tombstones over which arrivals came: what they know was counted before the link, wherever their past went. */
  via: ReadonlySet<string>;
}

/** Most groups concern no tombstone: they share this. */
const none: ReadonlySet<string> = new Set();

const refOf = (arrival: Arrival, id: string): Ref => ({ tenant: arrival.event.tenant, id });

/** Loads what the arrivals need, writes new links, and sorts the arrivals by the profile they belong to. */
export async function route(
  arrivals: readonly Arrival[],
  work: Workset,
  store: ProfileStore,
): Promise<Map<string, Group>> {
  await work.load(arrivals.map((arrival) => refOf(arrival, arrival.primary)));
  await follow(arrivals, work);
  const absorbed = await link(arrivals, work, store);
  const groups = new Map<string, Group>();
  for (const arrival of arrivals) {
    const { id } = work.canonical(arrival.primary);
    let group = groups.get(id);
    if (!group) {
      group = { profile: id, arrivals: [], absorbed: absorbed.get(id) ?? none, via: none };
      groups.set(id, group);
    }
    group.arrivals.push(arrival);
    if (arrival.primary !== id && !group.via.has(arrival.primary))
      group.via = new Set([...group.via, arrival.primary]);
  }
  return groups;
}

async function follow(arrivals: readonly Arrival[], work: Workset): Promise<void> {
  for (let hop = 0; hop < HOPS; hop++) {
    const targets = [...work.profiles.values()].flatMap((profile) =>
      profile.meta.into === undefined ? [] : [{ tenant: profile.tenant, id: profile.meta.into }],
    );
    await work.load(targets);
    if (arrivals.length === 0) return;
  }
}

interface Pair {
  readonly device: Ref;
  readonly person: string;
  readonly trusted: boolean;
}

function pairsOf(arrivals: readonly Arrival[], work: Workset): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const arrival of arrivals) {
    if (arrival.device === undefined || arrival.withheld) continue;
    const person = work.canonical(arrival.primary);
    if (person.meta.erased || person.meta.linked.includes(arrival.device)) continue;
    const key = `${arrival.device} ${person.id}`;
    if (!pairs.has(key)) {
      pairs.set(key, {
        device: refOf(arrival, arrival.device),
        person: person.id,
        trusted: arrival.event.trust !== 'public',
      });
    }
  }
  return [...pairs.values()];
}

/** Writes tombstones; the result says whose content each person takes over. */
async function link(
  arrivals: readonly Arrival[],
  work: Workset,
  store: ProfileStore,
): Promise<Map<string, Set<string>>> {
  const absorbed = new Map<string, Set<string>>();
  let open = pairsOf(arrivals, work);
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new WellspringError('conflict_persists', 'a link keeps changing');
    await work.load(
      open.map((pair) => pair.device),
      attempt > 0,
    );
    const written = new Map<string, { pair: Pair; device: HeldProfile }>();
    for (const pair of open) {
      const device = work.get(pair.device.id);
      const devices = work.get(pair.person).meta.linked.length + (absorbed.get(pair.person)?.size ?? 0);
      const decision = linkDecision(device.meta, { into: pair.person, trusted: pair.trusted, devices });
      if (decision === 'keep') continue;
      if (decision !== 'linked') {
        device.meta.into = pair.person;
        device.meta.linkTrusted = pair.trusted;
        written.set(device.id, { pair, device });
      }
      if (decision !== 'reroute')
        absorbed.set(pair.person, (absorbed.get(pair.person) ?? new Set()).add(device.id));
    }
    const tombstones = [...written.values()];
    const saved = await store.save(tombstones.map((tombstone) => tombstone.device));
    open = tombstones.filter((_, i) => !saved[i]).map((tombstone) => tombstone.pair);
    for (const pair of open) absorbed.get(pair.person)?.delete(pair.device.id);
  }
  await follow(arrivals, work);
  return absorbed;
}
