import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { EmbeddedTable } from './table.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder[Symbol.dispose]());

const open = (now = (): number => 0): EmbeddedTable =>
  new EmbeddedTable({ path: `${folder.path}/profiles.db`, clock: { now } });

it('survives threads that create and write one table at the same time, without a lost update', async () => {
  const program = join(import.meta.dirname, '../../test/fixtures/count-in-table.ts');
  const workers = [0, 1, 2].map(() => new Worker(program, { workerData: `${folder.path}/profiles.db` }));
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
  const table = open();
  const [item] = await table.get([{ pk: 'counter', sk: 'C' }]);
  expect(new TextDecoder().decode(item?.data)).toBe('150');
  expect(item?.version).toBe(150);
  table.close();
});

it('refuses with table_unavailable once the file is closed', async () => {
  const table = open();
  table.close();
  await expect(table.get([{ pk: 'a', sk: 'b' }])).rejects.toMatchObject({ code: 'table_unavailable' });
});

it('writes nothing of a call that fails halfway', async () => {
  const table = open();
  const good = { pk: 'half', sk: 'good', data: new Uint8Array([1]), expect: 0 };
  const bad = {
    pk: 'half',
    sk: 'bad',
    get data(): Uint8Array {
      throw new Error('unreadable');
    },
    expect: 0,
  };
  await expect(table.put([good, bad])).rejects.toMatchObject({ code: 'table_unavailable' });
  expect((await table.query({ pk: 'half' })).items).toEqual([]);
  expect(await table.put([good])).toEqual([{ outcome: 'written', version: 1 }]);
  table.close();
});

it('purges only what has expired', async () => {
  let now = 0;
  const table = open(() => now);
  const data = new Uint8Array([1]);
  await table.put([
    { pk: 'a', sk: 'soon', data, expiresAt: 10 },
    { pk: 'a', sk: 'later', data, expiresAt: 1000 },
    { pk: 'a', sk: 'kept', data },
  ]);
  expect(table.purge()).toBe(0);
  now = 10_000;
  expect(table.purge()).toBe(1);
  now = 0;
  expect((await table.query({ pk: 'a' })).items.map((item) => item.sk)).toEqual(['kept', 'later']);
  table.close();
});
