/**
 * Test E: a person comes in through every entrance, is erased, and is found nowhere: not in a byte of any file, in no
 * encoding, and not after coming back. One system, started anew where the time of its streams is to have passed.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { erase } from '../../local/commands/erase.ts';
import { wellspring } from '../cli/running.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';
import { enter, identify, leaveBehind, newPerson, valuesOf } from './canary.ts';
import { type Scan, scan } from './scan.ts';
import { digestsOf, mailBy, type Shop, startShop, workWith } from './shop.ts';

let folder: TestFolder;
let data = '';
let shop: Shop;
const canary = newPerson();
const neighbour = newPerson();
let before: Scan;
let neighbours: Record<string, string>;

/** For which streams hold everything, ms; and nothing. */
const LONG = 600_000;
const OVER = 0;

const hits = async () => (await scan(data, valuesOf(canary))).hits;
const restart = async (keptMs: number): Promise<void> => {
  await shop.stop();
  shop = await startShop(data, keptMs);
};
/** Until the newest request is finished: streams let go of their records in a thread of their own. */
const finished = (): Promise<void> =>
  vi.waitFor(async () => expect((await shop.goOn()).state).toBe('finished'), {
    timeout: 20_000,
    interval: 20,
  });

beforeAll(async () => {
  folder = testFolder();
  data = join(folder.path, 'data');
  shop = await startShop(data, LONG);
  for (const person of [canary, neighbour]) await enter(shop.host, folder.path, person);
  await shop.host.drain();
  for (const person of [canary, neighbour]) await workWith(shop, person);
  await leaveBehind(data, canary);
  neighbours = await digestsOf(shop, neighbour);
});
afterAll(async () => {
  await shop.stop();
  folder[Symbol.dispose]();
});

it('is found before in every store that takes people in: the scanner is not blind', async () => {
  before = await scan(data, valuesOf(canary));
  const found = [...before.stores].flatMap(([store, counted]) => (counted.hits > 0 ? store : []));
  expect(found.sort()).toEqual([
    'lake/events',
    'lake/events/unreadable',
    'lake/failures',
    'lake/quarantine',
    'lake/runs',
    'streams/clickstream',
    'streams/events',
    'tables/access',
    'tables/profiles',
    'tables/segments',
  ]);
  expect(new Set(before.hits.map(({ value }) => value)).size).toBe(valuesOf(canary).length);
  expect(neighbours).toMatchObject({ items: '4', refused: expect.stringMatching(/^1 /) });
  // For later: everything as it is now. By another process, because who closes a file takes its locks away.
  execFileSync('cp', ['-r', data, join(folder.path, 'backup')]);
});

it('is gone from everything but streams at once, and the request says so', async () => {
  const unsure = { data, yes: false, json: false };
  await expect(erase(canary.userId, unsure)).rejects.toThrow('say so with --yes');
  const done = await wellspring('erase', canary.userId, '--yes', '--data', data);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(
    /^stores \d+ \| looked at \d+ \| changed \d+ \| rows \d+ \| bytes [\d,]+ \| [\d.]+ s$/m,
  );
  const request = await shop.goOn();
  expect(request.state).toBe('partial');
  expect(done.stdout).toContain(request.says);
  expect(request.says).toMatch(/^Erased from live stores at .*; streams hold what came in before until /);
  expect(request.steps.filter(({ counts }) => counts.changed > 0).map(({ name }) => name)).toEqual([
    'suppression',
    'vault',
    'profiles',
    'segments',
    'lake',
    'quarantine',
    'failures',
    'runs',
    'replies',
    'disk',
  ]);
  expect([...new Set((await hits()).map(({ store }) => store))].sort()).toEqual([
    'streams/clickstream',
    'streams/events',
  ]);
});

it('is gone from every byte once the streams have let go, in all encodings', async () => {
  await restart(OVER);
  await finished();
  const after = await scan(data, valuesOf(canary));
  expect(after.hits).toEqual([]);
  const request = await shop.goOn();
  expect(request).toMatchObject({ subjects: [], says: expect.stringMatching(/^Erased everywhere at /) });
});

it('cannot be read in an old copy either: the keys are gone', async () => {
  const copy = join(folder.path, 'backup');
  expect(await mailBy(copy, copy, canary)).toBe(canary.email);
  expect(await mailBy(data, copy, canary)).toBe('[erased]');
  expect(await mailBy(data, copy, neighbour)).toBe(neighbour.email);
});

it('leaves the neighbour as they were, to the byte', async () => {
  expect(await digestsOf(shop, neighbour)).toEqual(neighbours);
});

it('stays gone when the same events come again, the file is imported again, and the hours are joined', async () => {
  await enter(shop.host, folder.path, canary);
  await identify(shop.host, { ...canary, anonymousId: newPerson().anonymousId });
  const ledger = await shop.host.drain();
  expect(ledger.inFlight).toBe(0);
  expect(ledger.reasons).toHaveProperty('suppressed');
  await shop.host.run('compact');
  expect(await hits()).toEqual([]);
  await expect(shop.ask(z.unknown(), 'GET', `/api/profiles/${canary.userId}`)).rejects.toThrow(
    'unknown_profile',
  );
});

it('is erased again before anybody can ask when a backup from before is put back', async () => {
  await shop.stop();
  const backup = join(folder.path, 'backup');
  // The list of who is suppressed lies outside of backups.
  const kept = join(folder.path, 'suppression.db');
  cpSync(join(data, 'tables', 'suppression.db'), kept);
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true, filter: (path) => !path.includes('suppression.db') });
  cpSync(kept, join(data, 'tables', 'suppression.db'));
  shop = await startShop(data, OVER);
  const left = new Set((await hits()).map(({ store }) => store));
  expect([...left].filter((store) => !store.startsWith('streams/'))).toEqual([]);
  await finished();
  expect(await hits()).toEqual([]);
});
