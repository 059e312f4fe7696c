/** A model that is trained after somebody was erased equals, bit for bit, one that is trained where they never were. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { takePeople, takeSet } from '../../functions/retrain/run.ts';
import { snapshot } from '../../functions/retrain/snapshot.ts';
import { trainers } from '../../functions/retrain/trainers.ts';
import { versionsThatLearnedFrom, writeLearned } from '../../models/registry/learned.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';
import { serveTiny } from '../fixtures/models.ts';
import { eventOf, type Forgetting, idOf, NOW, SECRET, startForgetting, TENANT } from './forgetting.ts';

const DAY_MS = 86_400_000;
const others = Array.from({ length: 90 }, (_, i) => `user-${i}`);
const GONE = 'canary-900';
const run = { tenant: TENANT, run: 'r', seed: 7 };

let folder: TestFolder;
beforeAll(() => {
  folder = testFolder();
});
afterAll(() => folder[Symbol.dispose]());

/** Eight visits of three looks over 120 days; what somebody does depends on nobody else. */
function eventsOf(user: string): CleanEvent[] {
  const random = seededRandom(Number(user.split('-')[1]));
  let visit = NOW;
  return Array.from({ length: 24 }, (_, i) => {
    if (i % 3 === 0) visit = NOW - Math.floor(random() * 119 * DAY_MS) - DAY_MS;
    const item = `i${Math.floor(random() * 12)}`;
    return eventOf(user, `${user}-${i}`, {
      event: random() < 0.15 ? 'Order Completed' : 'Product Viewed',
      timestamp: visit + (i % 3) * 60_000,
      properties: { product_id: item, price: 10, revenue: 20, category: `c${item}` },
    });
  });
}

/** Learns from the lake; the files of the model as one digest. */
async function train({ lake, objects, tables }: Forgetting): Promise<string> {
  await snapshot(run, {
    clock: { now: () => NOW },
    metrics: { count: () => {} },
    secret: SECRET,
    streams: {},
    tables: { profiles: tables.profiles },
    lake,
    objects,
    code: 'test',
    onProgress: () => {},
  });
  const { files } = await trainers.neighbours(await takeSet(objects, run), { seed: 7, onProgress: () => {} });
  const named = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', Buffer.concat(named.map(([, data]) => data)), 'hex');
}

it('is the same to the bit; the version before is listed, and learned from whom it says', async () => {
  const [never, erased] = [startForgetting(`${folder.path}/never`), startForgetting(`${folder.path}/erased`)];
  await never.fill(others.flatMap(eventsOf));
  await erased.fill([...others.slice(0, 40), GONE, ...others.slice(40)].flatMap(eventsOf));
  const expected = await train(never);
  expect(await train(erased)).not.toBe(expected);
  const version = 'v1';
  await serveTiny(erased.objects, { tenant: TENANT, name: 'neighbours', version });
  const people = await takePeople(erased.objects, run);
  await writeLearned(erased.objects, { tenant: TENANT, name: 'neighbours' }, version, people);

  const read = await erased.request(GONE);
  expect(await erased.run()).toMatchObject({ finished: 1 });
  const { models, steps } = await read();
  expect(models).toEqual([{ name: 'neighbours', version, retireBy: erased.now() + 30 * DAY_MS }]);
  expect(steps.find(({ name }) => name === 'runs')?.counts.changed).toBe(1);
  expect(await train(erased)).toBe(expected);

  const learnedFrom = async (user: string) =>
    (await versionsThatLearnedFrom(erased.objects, TENANT, [idOf(user)])).held.length;
  expect(await Promise.all([...others, 'stranger'].map(learnedFrom))).toEqual([...others.map(() => 1), 0]);
  await never.close();
  await erased.close();
});
