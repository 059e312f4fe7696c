/** A model that is trained after somebody was erased equals, bit for bit, one that is trained where they never were. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { profileId } from '../../domain/ids.ts';
import { sealKnown } from '../../domain/privacy/person.ts';
import { newRequestId, saveRequest } from '../../domain/privacy/requests.ts';
import { encodeProfile, freshProfile, profileKey } from '../../domain/profile/item.ts';
import { seededRandom } from '../../domain/random.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { makeForget } from '../../functions/forget/forget.ts';
import { takeSet } from '../../functions/retrain/run.ts';
import { snapshot } from '../../functions/retrain/snapshot.ts';
import { trainers } from '../../functions/retrain/trainers.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const SECRET = '5e'.repeat(32);
const TENANT = 'shop';
const PEOPLE = 90;
const GONE = 'canary';

let folder: TestFolder;
beforeAll(() => {
  folder = testFolder();
});
afterAll(() => folder[Symbol.dispose]());

const idOf = (user: string): string => profileId(SECRET, TENANT, 'user', user);

/** Eight visits of three looks over 120 days; whoever is left out changes nothing of the others. */
function eventsOf(user: string, seed: number): CleanEvent[] {
  const random = seededRandom(seed);
  let visit = NOW;
  return Array.from({ length: 24 }, (_, i): CleanEvent => {
    if (i % 3 === 0) visit = NOW - Math.floor(random() * 119 * DAY_MS) - DAY_MS;
    const at = visit + (i % 3) * 60_000;
    const item = `i${Math.floor(random() * 12)}`;
    return {
      version: 1,
      receipt: `0:${seed}:${i}`,
      tenant: TENANT,
      source: 'server',
      trust: 'secret',
      messageId: `${user}-${i}`,
      type: 'track',
      event: random() < 0.15 ? 'Order Completed' : 'Product Viewed',
      userId: user,
      timestamp: at,
      // One hour of receipt, so one file holds them all.
      receivedAt: NOW - 1000,
      properties: { product_id: item, price: 10, revenue: 20, category: `c${item}` },
      traits: {},
      context: {},
      flags: [],
    };
  });
}

interface Place {
  erase(user: string): Promise<void>;
  digest(): Promise<string>;
  close(): Promise<void>;
}

async function place(name: string, users: readonly string[]): Promise<Place> {
  const path = join(folder.path, name);
  const clock = { now: () => NOW };
  const objects = new EmbeddedObjects(join(path, 'lake'));
  const lake = new DuckLake({ objects, root: join(path, 'lake'), scratch: join(path, 'scratch') });
  const tableOf = (table: string): EmbeddedTable =>
    new EmbeddedTable({ path: join(path, `${table}.db`), clock });
  const tables = {
    profiles: tableOf('profiles'),
    privacy: tableOf('privacy'),
    suppression: tableOf('suppression'),
    segments: tableOf('segments'),
    access: tableOf('access'),
    statistics: tableOf('statistics'),
  };
  const { profiles } = tables;
  const encoder = new TextEncoder();
  const events = users.flatMap((user, i) => eventsOf(user, user === GONE ? 999 : i));
  await lake.append(
    'all',
    events.map((event) => encoder.encode(JSON.stringify(event))),
  );
  await profiles.put(
    users.map((user) => {
      const profile = freshProfile(TENANT, idOf(user));
      profile.state.userIds.add(user);
      return { ...profileKey(TENANT, idOf(user)), data: encodeProfile(profile) };
    }),
  );
  const run = { tenant: TENANT, run: 'r', seed: 7 };
  const services = { clock, metrics: { count: () => {} }, secret: SECRET, objects, lake };
  const forget = makeForget({
    ...services,
    tables,
    streams: { memberships: { append: async () => {} } },
    failures: { objects, prefix: 'failures/', coding: { decode: (data) => data, encode: (data) => data } },
    retention: { until: (at) => at, isOver: () => true },
  });
  return {
    erase: async (user) => {
      const named = { tenant: TENANT, id: newRequestId(NOW) };
      const times = { createdAt: NOW, updatedAt: NOW };
      const sealed = sealKnown(SECRET, named, { ids: [user], profiles: [], marks: [] });
      const request = {
        ...named,
        ...times,
        version: 1,
        kind: 'erase',
        state: 'initialised',
        by: 'test',
      } as const;
      await saveRequest(tables.privacy, {
        request: { ...request, subjects: [], sealed, steps: [], models: [] },
        version: 0,
      });
      expect(await forget()).toEqual({ open: 1, finished: 1, failed: 0 });
    },
    digest: async () => {
      const input = { ...services, streams: {}, tables: { profiles }, code: 'test', onProgress: () => {} };
      await snapshot(run, input);
      const set = await takeSet(objects, run);
      const { files } = await trainers.neighbours(set, { seed: 7, onProgress: () => {} });
      const named = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
      return hash('sha256', Buffer.concat(named.map(([, data]) => data)), 'hex');
    },
    close: async () => {
      for (const table of Object.values(tables)) table.close();
      await lake.close();
    },
  };
}

it('is the same to the bit', async () => {
  const others = Array.from({ length: PEOPLE }, (_, i) => `user-${i}`);
  const never = await place('never', others);
  const erased = await place('erased', [...others.slice(0, 40), GONE, ...others.slice(40)]);
  const expected = await never.digest();
  expect(await erased.digest()).not.toBe(expected);
  await erased.erase(GONE);
  expect(await erased.digest()).toBe(expected);
  await never.close();
  await erased.close();
});
