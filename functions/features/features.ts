/** Stream step: clean events -> profiles, each event exactly once, and word of every change. */
import { compareSequence, type StreamRecord, type StreamResult, type Write } from '../../domain/ports.ts';
import type { HeldProfile } from '../../domain/profile/held.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { unpack } from '../../events/packed.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import type { Services } from '../services.ts';
import { tenantsOf } from '../tenants.ts';
import { type Applied, apply } from './apply.ts';
import { type Arrival, arrivalOf } from './arrival.ts';
import { Books } from './books.ts';
import { type Group, route, Workset } from './links.ts';
import { Refusals } from './refusals.ts';
import { ProfileStore } from './store.ts';

const ATTEMPTS = 8;
/** A batch is worked off in runs of records that name about so many profiles: what a run needs is soon free again, while it is young. */
const RUN_PROFILES = 1000;

export interface FeaturesOptions {
  /** Profiles kept in memory between batches. @default 1,000 */
  readonly warmProfiles?: number;
}

/** Builds the step; it remembers profiles between batches. */
export function makeFeatures(
  services: Services<'features'>,
  options: FeaturesOptions = {},
): (records: readonly StreamRecord[]) => Promise<StreamResult> {
  const store = new ProfileStore(services.tables.profiles, options.warmProfiles ?? 1000);
  const list = new SuppressionList(services.tables.suppression);
  const refusals = new Refusals(services.tables.suppression, services.secret);
  const suppressed = (event: CleanEvent): boolean => list.concerns(event);
  return async (records) => {
    const run: Run = { store, books: new Books(), refusals, now: services.clock.now() };
    const tenants = tenantsOf(records);
    await Promise.all([list.refresh(tenants), refusals.refresh(tenants)]);
    let failedFrom: string | undefined;
    for (const arrivals of runs(records, services.secret, suppressed)) {
      failedFrom = await applyRun(arrivals, run);
      if (failedFrom !== undefined) break;
    }
    await refusals.settle(run.now);
    await run.books.close(services, records, failedFrom);
    return failedFrom === undefined ? {} : { failedFrom };
  };
}

/** Arrivals of whole records, in order. */
function* runs(
  records: readonly StreamRecord[],
  secret: string,
  suppressed: (event: CleanEvent) => boolean,
): Generator<Arrival[]> {
  let arrivals: Arrival[] = [];
  const profiles = new Set<string>();
  for (const record of records) {
    for (const bytes of unpack(record.data).parts) {
      const arrival = arrivalOf(readCleanEvent(bytes), bytes, record, secret, suppressed);
      if (!arrival) continue;
      arrivals.push(arrival);
      profiles.add(arrival.primary);
    }
    if (profiles.size < RUN_PROFILES) continue;
    yield arrivals;
    arrivals = [];
    profiles.clear();
  }
  if (arrivals.length > 0) yield arrivals;
}

interface Run {
  readonly store: ProfileStore;
  readonly books: Books;
  readonly refusals: Refusals;
  /** ms since the epoch. */
  readonly now: number;
}

/** Returns the lowest sequence number that must be delivered again. */
async function applyRun(arrivals: readonly Arrival[], run: Run): Promise<string | undefined> {
  const { store } = run;
  const work = new Workset(store);
  const groups = await route(arrivals, work, store);
  const { failed, saved } = await update([...groups.values()], work, run);
  store.giveBack([...work.tombstones(), ...saved]);
  return lowest(failed.flatMap((group) => group.arrivals));
}

interface Update {
  readonly failed: Group[];
  /** Profiles whose memory equals the table. */
  readonly saved: HeldProfile[];
}

/** Applies every group and writes it; a group that met another writer is read again and repeated. */
async function update(groups: readonly Group[], work: Workset, run: Run): Promise<Update> {
  const done: Update = { failed: [], saved: [] };
  let open = groups;
  for (let attempt = 0; open.length > 0 && attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await reload(open, work);
    // A profile that became a tombstone meanwhile is left to the next delivery, which follows the new link.
    const moved = open.filter((group) => work.get(group.profile).meta.into !== undefined);
    done.failed.push(...moved);
    const results = open
      .filter((group) => !moved.includes(group))
      .map((group) => {
        const profile = work.get(group.profile);
        const frozen = { absorbed: all(group.absorbed, work), via: all(group.via, work) };
        const result = apply(profile, group.arrivals, frozen, run.now);
        // At once, so that no more than one small profile is decoded at a time.
        return { group, profile, result, write: result.changed ? run.store.writeOf(profile) : undefined };
      });
    open = await write(results, done, run);
  }
  done.failed.push(...open);
  return done;
}

const all = (ids: ReadonlySet<string>, work: Workset): HeldProfile[] => [...ids].map((id) => work.get(id));

async function reload(open: readonly Group[], work: Workset): Promise<void> {
  const refs = open.flatMap((group) =>
    [group.profile, ...group.absorbed].map((id) => ({ tenant: work.get(id).tenant, id })),
  );
  await work.load(refs, true);
}

interface Computed {
  readonly group: Group;
  readonly profile: HeldProfile;
  readonly result: Applied;
  /** undefined: nothing changed. */
  readonly write: Write | undefined;
}

/** Returns the groups that must be tried again. */
async function write(computed: readonly Computed[], done: Update, run: Run): Promise<Group[]> {
  const { store, books, refusals, now } = run;
  const changed = computed.filter(({ result }) => result.changed);
  const sides = changed.flatMap(({ profile, result }) =>
    result.sides.map((side) => ({ tenant: profile.tenant, owner: profile.id, ...side })),
  );
  if (sides.length > 0) await store.saveSides(sides, now);
  const saved = await store.save(
    changed.map(({ profile }) => profile),
    changed.flatMap(({ write: one }) => one ?? []),
  );
  const again = new Set(changed.filter((_, i) => !saved[i]));
  for (const entry of computed) {
    if (again.has(entry)) continue;
    const { group, profile, result } = entry;
    group.arrivals.forEach((arrival, i) => {
      const fate = result.fates[i];
      if (fate) books.note(arrival, fate, now);
    });
    for (const effect of result.effects) books.announce(profile, effect);
    refusals.note(profile, group.arrivals);
    done.saved.push(profile);
  }
  return [...again].map(({ group }) => group);
}

function lowest(arrivals: readonly Arrival[]): string | undefined {
  return arrivals.map((arrival) => arrival.sequence).sort(compareSequence)[0];
}
