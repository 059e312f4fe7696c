/** The stores that an erasure works on, in a folder, with faults before them where a test wants some. Time is told. */
import { join } from 'node:path';
import type { Chaos } from '../../adapters/embedded/chaos.ts';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { fingerprint, profileId } from '../../domain/ids.ts';
import { sealKnown } from '../../domain/privacy/person.ts';
import type { PrivacyRequest } from '../../domain/privacy/request.ts';
import { newRequestId, readRequest, saveRequest } from '../../domain/privacy/requests.ts';
import { fold } from '../../domain/profile/fold.ts';
import { encodeProfile, freshProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { type ForgetReport, makeForget } from '../../functions/forget/forget.ts';
import type { ForgetServices } from '../../functions/forget/work.ts';
import { profileIdOf } from '../fixtures/person.ts';

export const NOW = Date.UTC(2026, 5, 1);
export const SECRET = '5e'.repeat(32);
export const TENANT = 'shop';

/** As events and profiles name a user. */
export const subjectOfUser = (user: string): string => subjectOf(SECRET, TENANT, 'user', user);

export const idOf = (user: string): string => profileIdOf(SECRET, TENANT, 'user', user);

type Erased = keyof ForgetServices['tables'];

export interface Forgetting {
  readonly objects: EmbeddedObjects;
  readonly lake: DuckLake;
  readonly tables: Readonly<Record<Erased, EmbeddedTable>>;
  /** ms; moves on with every run. */
  now(): number;
  /** Stores what these events say, and a profile for everybody in them. */
  fill(events: readonly CleanEvent[]): Promise<void>;
  /** Asks for a user to be erased; what the request looks like later. */
  request(user: string): Promise<() => Promise<PrivacyRequest>>;
  run(): Promise<ForgetReport>;
  close(): Promise<void>;
}

export function startForgetting(path: string, chaos?: Chaos): Forgetting {
  let now = NOW;
  const clock = { now: () => now };
  const objects = new EmbeddedObjects(join(path, 'lake'));
  const lake = new DuckLake({ objects, root: join(path, 'lake'), scratch: join(path, 'scratch') });
  const tableOf = (name: string): EmbeddedTable =>
    new EmbeddedTable({ path: join(path, `${name}.db`), clock });
  const tables = {
    profiles: tableOf('profiles'),
    privacy: tableOf('privacy'),
    suppression: tableOf('suppression'),
    segments: tableOf('segments'),
    access: tableOf('access'),
    statistics: tableOf('statistics'),
    vault: tableOf('vault'),
    destinations: tableOf('destinations'),
  };
  const table = (inner: EmbeddedTable) => chaos?.table(inner) ?? inner;
  const store = chaos?.objects(objects) ?? objects;
  const forget = makeForget({
    clock,
    metrics: { count: () => {} },
    secret: SECRET,
    lake,
    objects: store,
    tables: {
      profiles: table(tables.profiles),
      privacy: table(tables.privacy),
      suppression: table(tables.suppression),
      segments: table(tables.segments),
      access: table(tables.access),
      statistics: table(tables.statistics),
      vault: table(tables.vault),
      destinations: table(tables.destinations),
    },
    streams: { memberships: { append: async () => {} } },
    failures: {
      objects: store,
      prefix: 'failures/',
      coding: { decode: (data) => data, encode: (data) => data },
    },
    retention: { until: (at) => at, isOver: () => true },
  });
  return {
    objects,
    lake,
    tables,
    now: clock.now,
    fill: async (events) => {
      const encoder = new TextEncoder();
      await lake.append(
        'all',
        events.map((event) => encoder.encode(JSON.stringify(event))),
      );
      const profiles = new Map<string, Profile>();
      for (const event of events) {
        const id = profileId(SECRET, TENANT, 'user', event.userId ?? '');
        const profile = profiles.get(id) ?? freshProfile(TENANT, id);
        const message = fingerprint(SECRET, TENANT, event.source, event.messageId);
        profile.state = fold(profile.state, event, message, id);
        profiles.set(id, profile);
      }
      await tables.profiles.put(
        [...profiles].map(([id, profile]) => ({ ...profileKey(TENANT, id), data: encodeProfile(profile) })),
      );
    },
    request: async (user) => {
      const named = { tenant: TENANT, id: newRequestId(now) };
      const request: PrivacyRequest = {
        ...named,
        version: 1,
        kind: 'erase',
        state: 'initialised',
        by: 'test',
        subjects: [subjectOfUser(user)],
        sealed: sealKnown(SECRET, named, { ids: [user], profiles: [], marks: [] }),
        steps: [],
        models: [],
        createdAt: now,
        updatedAt: now,
      };
      await saveRequest(tables.privacy, { request, version: 0 });
      return async () => {
        const stored = await readRequest(tables.privacy, TENANT, named.id);
        if (!stored) throw new Error('the request is gone');
        return stored.request;
      };
    },
    run: () => {
      now += 60_000;
      return forget();
    },
    close: async () => {
      for (const open of Object.values(tables)) open.close();
      await lake.close();
    },
  };
}

/** An event of a server; `more` wins. */
export const eventOf = (user: string, messageId: string, more: Partial<CleanEvent> = {}): CleanEvent => ({
  version: 1,
  receipt: `0:1:${messageId}`,
  tenant: TENANT,
  source: 'server',
  trust: 'secret',
  messageId,
  type: 'track',
  event: 'Product Viewed',
  userId: subjectOfUser(user),
  timestamp: NOW - 1000,
  receivedAt: NOW - 1000,
  properties: {},
  traits: {},
  context: {},
  flags: [],
  ...more,
});
