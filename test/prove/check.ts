/** Compares what the stores hold with what the plan says they must; nothing here is asked of the system itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as z from 'zod/mini';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedStreamReader } from '../../adapters/embedded/stream-reader.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { fingerprint } from '../../domain/ids.ts';
import { decodeProfile, PROFILE, type Profile } from '../../domain/profile/item.ts';
import { view } from '../../domain/profile/view.ts';
import { unpack } from '../../events/packed.ts';
import { credentials } from '../../local/credentials.ts';
import { files } from '../../local/files.ts';
import { TENANT } from '../../local/host.ts';
import type { Books } from './child.ts';
import { effectsFile } from './faults.ts';
import type { Person, Plan } from './plan.ts';

/** A promise, and whether it held. */
export interface Finding {
  readonly promise: string;
  readonly held: boolean;
  readonly says: string;
}

const WORD = 1n << 64n;
const quarantineLine = z.object({ reason: z.string(), original: z.string() });
const finding = (promise: string, wrong: number, what: string): Finding => ({
  promise,
  held: wrong === 0,
  says: `${wrong} ${what}`,
});

export async function check(plan: Plan, books: Books, data: string, notes: string): Promise<Finding[]> {
  const people = survivors(await profilesIn(data));
  const applied = plan.people.reduce((sum, { applied: ids }) => sum + ids.size, 0);
  return [
    finding(
      'accepted = applied + duplicates + quarantined + suppressed',
      Math.abs(books.inFlight),
      'events apart',
    ),
    finding(
      'every event answered with 200 was applied once',
      Math.abs((books.totals['applied'] ?? 0) - applied),
      'events more or less than sent',
    ),
    finding('every profile equals the reference', wrongProfiles(plan.people, people, data), 'profiles wrong'),
    finding(
      'every bad event is in quarantine with its reason',
      await wrongRefusals(plan, data),
      'missing, without the right reason, or too many',
    ),
    finding('every crawler was suppressed', await appliedCrawlers(plan, data), 'in the lake'),
    finding('the lake holds what was applied', await wrongLake(plan, data), 'events missing or too many'),
    finding(
      'every change was announced',
      unannounced(people, data, notes),
      'changes that nobody was told of',
    ),
  ];
}

/** Known profiles by the ids of their devices and users; tombstones lead to nobody. */
function survivors(profiles: readonly Profile[]): Map<string, Profile> {
  const found = new Map<string, Profile>();
  for (const profile of profiles) {
    if (profile.meta.into !== undefined) continue;
    for (const id of [...profile.state.userIds, ...profile.state.anonymousIds]) found.set(id, profile);
  }
  return found;
}

async function profilesIn(data: string): Promise<Profile[]> {
  const table = new EmbeddedTable({ path: files.table(data, 'profiles'), clock: { now: () => Date.now() } });
  const found: Profile[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.scan(cursor === undefined ? {} : { cursor });
    for (const item of page.items)
      if (item.sk === PROFILE) found.push(decodeProfile(TENANT, item.pk.slice(TENANT.length + 1), item));
    cursor = page.cursor;
  } while (cursor !== undefined);
  table.close();
  return found;
}

/** Number, sum of fingerprints, orders and revenue, reckoned from the plan alone. */
function wrongProfiles(
  people: readonly Person[],
  profiles: ReadonlyMap<string, Profile>,
  data: string,
): number {
  const { secret } = credentials(data);
  return people.filter((person) => {
    if (person.applied.size === 0) return false;
    const profile = profiles.get(person.userId ?? person.devices[0] ?? '');
    if (!profile) return true;
    let sum = 0n;
    for (const [messageId, source] of person.applied) {
      const [high, low] = fingerprint(secret, TENANT, source, messageId);
      sum = (sum + (BigInt(high) << 32n) + BigInt(low)) % WORD;
    }
    const { events, checksum, frequency, monetary } = view(profile.state, Date.now()).dynamic;
    return !(
      events === person.applied.size &&
      checksum === sum.toString(16).padStart(16, '0') &&
      frequency === person.orders &&
      Math.round(monetary * 100) === person.revenueMinor
    );
  }).length;
}

async function wrongRefusals({ refused }: Plan, data: string): Promise<number> {
  const objects = new EmbeddedObjects(files.lake(data));
  const found = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await objects.list({ prefix: 'quarantine/', ...(cursor === undefined ? {} : { cursor }) });
    for (const { key } of page.items) {
      const lines = new TextDecoder()
        .decode(await objects.get(key))
        .trimEnd()
        .split('\n');
      for (const line of lines) {
        const { reason, original } = quarantineLine.parse(JSON.parse(line));
        const bytes = Buffer.from(original, 'base64').toString();
        const id = /"messageId":"([^"]*)"/.exec(bytes)?.[1] ?? '';
        found.set(id, reason);
      }
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  const missing = [...refused].filter(([id, reason]) => found.get(id) !== reason).length;
  return missing + [...found.keys()].filter((id) => !refused.has(id)).length;
}

const inLake = new Map<string, Promise<Set<string>>>();
function idsInLake(data: string): Promise<Set<string>> {
  const known = inLake.get(data) ?? readLake(data);
  inLake.set(data, known);
  return known;
}

async function readLake(data: string): Promise<Set<string>> {
  const folder = join(files.lake(data), 'events');
  if (!existsSync(folder)) return new Set();
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select distinct message_id from read_parquet('${folder.replaceAll("'", "''")}/**/*.parquet', hive_partitioning = false)`,
  );
  const ids = new Set(reader.getRows().map(([id]) => String(id)));
  connection.closeSync();
  instance.closeSync();
  return ids;
}

async function wrongLake({ people }: Plan, data: string): Promise<number> {
  const ids = await idsInLake(data);
  const wanted = new Set(people.flatMap(({ applied }) => [...applied.keys()]));
  const missing = [...wanted].filter((id) => !ids.has(id)).length;
  return missing + [...ids].filter((id) => !wanted.has(id)).length;
}

async function appliedCrawlers({ suppressed }: Plan, data: string): Promise<number> {
  const ids = await idsInLake(data);
  return [...suppressed].filter((id) => ids.has(id)).length;
}

/** Profiles whose newest stored change is in no record of the stream `changes`; one that was merged leaves its word to the survivor. */
function unannounced(people: ReadonlyMap<string, Profile>, data: string, notes: string): number {
  const newest = new Map<string, string>();
  const path = effectsFile(notes);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  for (const id of lines) {
    const [profile = '', version = ''] = id.split('-');
    const known = newest.get(profile);
    if (known === undefined || Number(known.split('-')[1]) < Number(version)) newest.set(profile, id);
  }
  const reader = new EmbeddedStreamReader(files.stream(data, 'changes'));
  const told = new Set<string>();
  for (let at = ''; ; ) {
    const records = reader.read('0', at, 1000, 10_000_000);
    const last = records.at(-1);
    if (!last) break;
    for (const { data: bytes } of records)
      for (const part of unpack(bytes).parts) told.add(JSON.parse(new TextDecoder().decode(part)).id);
    at = last.sequence;
  }
  reader.close();
  const living = new Set([...people.values()].map(({ id }) => id));
  return [...newest].filter(([profile, id]) => living.has(profile) && !told.has(id)).length;
}
