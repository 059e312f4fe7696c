/** Stream step: clean events -> profiles, each event exactly once, and word of every change. */
import { LedgerBatch } from '../../domain/ledger.ts';
import { compareSequence, type StreamRecord, type StreamResult } from '../../domain/ports.ts';
import type { Effect, Profile } from '../../domain/profile/item.ts';
import { progressWrite } from '../../domain/progress.ts';
import { quarantined, writeQuarantine } from '../../domain/quarantine.ts';
import type { Envelope, ProfileChanged } from '../../events/envelope.ts';
import { batchHeader } from '../../events/envelope-schema.ts';
import { unpack } from '../../events/packed.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import { type Applied, apply, type Fate } from './apply.ts';
import { type Arrival, arrivalOf } from './arrival.ts';
import { type Group, route, Workset } from './links.ts';
import { ProfileStore } from './store.ts';

const ATTEMPTS = 8;

export interface FeaturesOptions {
  /** Profiles kept in memory between batches. @default 2,000 */
  readonly warmProfiles?: number;
}

/** Builds the step; it remembers profiles and pseudonyms between batches. */
export function makeFeatures(
  services: Services<'features'>,
  options: FeaturesOptions = {},
): (records: readonly StreamRecord[]) => Promise<StreamResult> {
  const store = new ProfileStore(services.tables.profiles, options.warmProfiles ?? 2000);
  return async (records) => {
    const now = services.clock.now();
    const arrivals = records.flatMap((record) => read(record, services.secret));
    const work = new Workset(store);
    const groups = await route(arrivals, work, store);
    const result = await update(groups, work, store, now);
    await publish(result.effects, services);
    const failedFrom = lowest(result.failed.flatMap((group) => group.arrivals));
    await account(result.settled, records, failedFrom, services, now);
    store.giveBack([...work.tombstones(), ...result.saved]);
    return failedFrom === undefined ? {} : { failedFrom };
  };
}

function read(record: StreamRecord, secret: string): Arrival[] {
  return unpack(record.data).parts.flatMap(
    (bytes) => arrivalOf(readCleanEvent(bytes), bytes, record, secret) ?? [],
  );
}

interface Update {
  readonly settled: { arrival: Arrival; fate: Fate }[];
  readonly effects: { profile: Profile; effect: Effect }[];
  readonly failed: Group[];
  /** Profiles whose memory equals the table. */
  readonly saved: Profile[];
}

/** Applies every group and writes it; a group that met another writer is read again and repeated. */
async function update(
  groups: Map<string, Group>,
  work: Workset,
  store: ProfileStore,
  now: number,
): Promise<Update> {
  const done: Update = { settled: [], effects: [], failed: [], saved: [] };
  let open = [...groups.values()];
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
        return { group, profile, result: apply(profile, group.arrivals, frozen, now) };
      });
    open = await write(results, store, done, now);
  }
  done.failed.push(...open);
  return done;
}

const all = (ids: ReadonlySet<string>, work: Workset): Profile[] => [...ids].map((id) => work.get(id));

async function reload(open: readonly Group[], work: Workset): Promise<void> {
  const refs = open.flatMap((group) =>
    [group.profile, ...group.absorbed].map((id) => ({ tenant: work.get(id).tenant, id })),
  );
  await work.load(refs, true);
}

interface Computed {
  readonly group: Group;
  readonly profile: Profile;
  readonly result: Applied;
}

/** Returns the groups that must be tried again. */
async function write(
  computed: readonly Computed[],
  store: ProfileStore,
  done: Update,
  now: number,
): Promise<Group[]> {
  const changed = computed.filter(({ result }) => result.changed);
  const sides = changed.flatMap(({ profile, result }) =>
    result.sides.map((side) => ({ tenant: profile.tenant, owner: profile.id, ...side })),
  );
  if (sides.length > 0) await store.saveSides(sides, now);
  const saved = await store.save(changed.map(({ profile }) => profile));
  const again = new Set(changed.filter((_, i) => !saved[i]));
  for (const entry of computed) {
    if (again.has(entry)) continue;
    entry.group.arrivals.forEach((arrival, i) => {
      const fate = entry.result.fates[i];
      if (fate) done.settled.push({ arrival, fate });
    });
    done.effects.push(...entry.result.effects.map((effect) => ({ profile: entry.profile, effect })));
    done.saved.push(entry.profile);
  }
  return [...again].map(({ group }) => group);
}

async function publish(effects: Update['effects'], services: Services<'features'>): Promise<void> {
  const packer = new LanePacker(streams.changes.lanes);
  for (const { profile, effect } of effects) {
    const change: ProfileChanged = {
      version: 1,
      id: effect.id,
      tenant: profile.tenant,
      profileId: profile.id,
      profileVersion: effect.version,
      kind: effect.kind,
      at: effect.at,
    };
    packer.add(batchHeader(profile.tenant), profile.tenant, profile.id, JSON.stringify(change));
  }
  await services.streams.changes.append(packer.take());
}

function lowest(arrivals: readonly Arrival[]): string | undefined {
  return arrivals.map((arrival) => arrival.sequence).sort(compareSequence)[0];
}

/** Counts what became of each event, and keeps the refused ones. */
async function account(
  settled: Update['settled'],
  records: readonly StreamRecord[],
  failedFrom: string | undefined,
  services: Services<'features'>,
  now: number,
): Promise<void> {
  const ledger = new LedgerBatch();
  const refused = [];
  for (const { arrival, fate } of settled) {
    const { event, sequence } = arrival;
    const at = { tenant: event.tenant, source: event.source, receivedAt: event.receivedAt, sequence };
    switch (fate) {
      case 'applied':
      case 'again':
        ledger.note(at, 'applied');
        break;
      case 'duplicate':
        ledger.note(at, 'duplicates');
        break;
      case 'erased':
        ledger.note(at, 'suppressed', 1, fate);
        break;
      case 'id_reuse':
      case 'rate':
        ledger.note(at, 'quarantined', 1, fate);
        refused.push(
          quarantined(
            { envelope: envelopeOf(arrival), receipt: event.receipt, bytes: arrival.bytes, reason: fate },
            'features',
            now,
          ),
        );
        break;
      case 'redelivered':
        break;
    }
  }
  if (refused.length > 0) await writeQuarantine(services.objects, refused);
  const last = records.at(-1);
  if (!last) return;
  const where = { function: 'features', stream: 'events' };
  const beside = [progressWrite(where, last, records.length, services.clock.now())];
  await ledger.save(services.tables.ledger, 'features', last.shard, { end: failedFrom, beside });
}

/** What is left of the request's envelope once an event is clean. */
function envelopeOf({ event }: Arrival): Envelope {
  return {
    version: 1,
    tenant: event.tenant,
    source: event.source,
    trust: event.trust === 'public' ? 'public' : 'secret',
    receivedAt: event.receivedAt,
  };
}
