/** An erasure under faults: whatever fails whenever, it ends, it says what failed, and nothing is left. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chaos } from '../../adapters/embedded/chaos.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { WellspringError } from '../../domain/errors.ts';
import { decodeProfile, freshProfile, profileKey } from '../../domain/profile/item.ts';
import { quarantined, writeQuarantine } from '../../domain/quarantine.ts';
import { seededRandom } from '../../domain/random.ts';
import { Opened } from '../../domain/vault/vault.ts';
import { decodeJob, destinationWrite, queuePartition } from '../../domain/webhook/destination.ts';
import { letterOf } from '../../functions/destinations/message.ts';
import { Withheld } from '../../functions/destinations/withheld.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';
import {
  eventOf,
  type Forgetting,
  idOf,
  NOW,
  SECRET,
  startForgetting,
  subjectOfUser,
  TENANT,
} from './forgetting.ts';

let folder: TestFolder;
beforeAll(() => {
  folder = testFolder();
});
afterAll(() => folder[Symbol.dispose]());

const usersIn = async ({ lake }: Forgetting): Promise<(string | undefined)[]> => {
  const users = [];
  for await (const events of lake.history({ tenant: TENANT }))
    users.push(...events.map(({ userId }) => userId));
  return users.sort();
};
const named = (...users: string[]): string[] => users.map(subjectOfUser).sort();
const events = ['ada', 'bob', 'ada', 'eve'].map((user, i) => eventOf(user, `${i}`));
const envelope = { version: 1, tenant: TENANT, source: 'web', trust: 'public', receivedAt: NOW } as const;

/** Refused events of two people. */
async function refuse({ objects }: Forgetting): Promise<void> {
  const entries = ['ada', 'bob'].map((userId, i) => ({
    envelope,
    receipt: `0:1:${i}`,
    bytes: new TextEncoder().encode(JSON.stringify({ type: 'track', userId })),
    reason: 'missing_event' as const,
  }));
  await writeQuarantine(
    objects,
    entries.map((entry) => quarantined(entry, 'clean', NOW)),
  );
}

async function expectGone(place: Forgetting): Promise<void> {
  expect(await usersIn(place)).toEqual(named('bob', 'eve'));
  const [item] = await place.tables.profiles.get([profileKey(TENANT, idOf('ada'))]);
  expect(decodeProfile(TENANT, idOf('ada'), item).meta.erased).toBe(true);
  const { items } = await place.objects.list({ prefix: 'quarantine/' });
  const left = await Promise.all(items.map(({ key }) => place.objects.get(key)));
  expect(left.map((data) => new TextDecoder().decode(data).trim().split('\n').length)).toEqual([1]);
}

it.each([1, 2, 3])('ends although calls fail and answers are lost (seed %i)', async (seed) => {
  const chaos = new Chaos({ rates: { throttle: 0.08, lostAnswer: 0.06 }, random: seededRandom(seed) });
  const place = startForgetting(`${folder.path}/${seed}`, chaos);
  await place.fill(events);
  await refuse(place);
  const read = await place.request('ada');
  const states = new Set<string>();
  for (let run = 0; run < 400 && (await read()).state !== 'finished'; run++) {
    await place.run().catch((error: unknown) => {
      if (!(error instanceof WellspringError && error.retryable)) throw error;
    });
    states.add((await read()).state);
  }
  expect(states).toContain('failed');
  expect(await read()).toMatchObject({ state: 'finished', subjects: [] });
  expect(await read()).not.toHaveProperty('sealed');
  await expectGone(place);
  await place.close();
});

it('names the step that failed and the code, and goes on with it', async () => {
  const chaos = new Chaos({ rates: {}, random: () => 0 });
  const place = startForgetting(`${folder.path}/full`, chaos);
  await place.fill(events);
  await refuse(place);
  const read = await place.request('ada');
  const { put } = place.objects;
  place.objects.put = async () => {
    throw new WellspringError('disk_full', 'no room');
  };
  expect(await place.run()).toEqual({ open: 1, finished: 0, failed: 1 });
  const failed = await read();
  expect(failed.state).toBe('failed');
  expect(failed.steps.filter(({ state }) => state === 'failed')).toEqual([
    expect.objectContaining({ name: 'lake', error: 'disk_full', failures: 1 }),
  ]);
  place.objects.put = put;
  expect(await place.run()).toEqual({ open: 1, finished: 1, failed: 0 });
  await expectGone(place);
  await place.close();
});

it('leaves two runs at once no room for each other', async () => {
  const place = startForgetting(`${folder.path}/two`);
  await place.fill(events);
  await refuse(place);
  const read = await place.request('ada');
  const reports = await Promise.all([place.run(), place.run()]);
  expect(reports.map(({ open }) => open).sort()).toEqual([0, 1]);
  expect((await read()).state).toBe('finished');
  await expectGone(place);
  await place.close();
});

it('loses no row of others beside a compaction, and finds what that one wrote once more', async () => {
  const place = startForgetting(`${folder.path}/beside`);
  const keys = (): Promise<string[]> =>
    place.objects.list({ prefix: 'events/' }).then(({ items }) => items.map(({ key }) => key));
  await place.fill(events);
  await place.lake.append('more', [new TextEncoder().encode(JSON.stringify(eventOf('ada', '9')))]);
  const slow = {
    get: place.objects.get.bind(place.objects),
    list: place.objects.list.bind(place.objects),
    delete: place.objects.delete.bind(place.objects),
    put: async (key: string, data: Uint8Array): Promise<void> => {
      // The joined rows were read; before they are stored, the person is erased from what they were read from.
      for await (const group of place.lake.erase({ tenant: TENANT, people: named('ada') }))
        expect(group).toMatchObject({ changed: 2, rows: 3 });
      await place.objects.put(key, data);
    },
  };
  const compacting = new DuckLake({
    objects: slow,
    root: `${folder.path}/beside/lake`,
    scratch: `${folder.path}/beside/scratch`,
  });
  await compacting.compact(NOW + 86_400_000);
  await compacting.close();
  expect(await usersIn(place)).toEqual(named('ada', 'ada', 'ada', 'bob', 'eve'));
  for await (const group of place.lake.erase({ tenant: TENANT, people: named('ada') }))
    expect(group).toMatchObject({ changed: 1, rows: 3 });
  expect(await usersIn(place)).toEqual(named('bob', 'eve'));
  for await (const group of place.lake.erase({ tenant: TENANT, people: named('ada') }))
    expect(group).toMatchObject({ changed: 0, rows: 0 });
  expect(await keys()).toHaveLength(1);
  await place.close();
});

it('tells who was told of the person to forget them, once', async () => {
  const place = startForgetting(`${folder.path}/told`);
  await place.fill(events);
  const shop = { tenant: TENANT, id: 'crm', version: 1, url: 'https://crm.example/', segments: [] } as const;
  await place.tables.destinations.put([
    destinationWrite({ ...shop, segments: [], secrets: [], createdAt: NOW }),
  ]);
  const read = await place.request('ada');
  expect(await place.run()).toMatchObject({ finished: 1 });
  const { items } = await place.tables.destinations.query({ pk: queuePartition(TENANT, 'crm') });
  const jobs = items.map(decodeJob);
  expect(jobs.map(({ change }) => [change.kind, change.profileId])).toEqual([['erased', idOf('ada')]]);
  expect((await read()).steps.find(({ name }) => name === 'recipients')).toMatchObject({ state: 'done' });
  const [job] = jobs;
  if (!job) throw new Error('nobody is told');
  const gone = freshProfile(TENANT, idOf('ada'));
  const { body } = letterOf(
    job,
    gone,
    { ...shop, segments: [], secrets: [], createdAt: NOW },
    {
      secret: SECRET,
      now: NOW,
      opened: new Opened(new Map()),
    },
  );
  expect(JSON.parse(body)).toMatchObject({ type: 'person.erased', data: { profileId: idOf('ada') } });
  expect(new Withheld({ tables: place.tables }).is(job, gone)).toBe(false);
  await place.close();
});
