import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { openDatabase, storeError, transaction } from './database.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder[Symbol.dispose]());

it('says disk_full when there is no room, keeps what was committed, and works again with room', () => {
  const db = openDatabase(`${folder.path}/a.db`, { pageSize: 4096, cacheBytes: 1_000_000 });
  db.exec('CREATE TABLE t (data BLOB)');
  const insert = db.prepare('INSERT INTO t VALUES (zeroblob(?))');
  transaction(db, () => insert.run(1000));
  // SQLite reports its own bound on the file the way it reports a full disk.
  db.exec('PRAGMA max_page_count = 10');
  const full = (): unknown => transaction(db, () => insert.run(1_000_000));
  let code: string | undefined;
  try {
    full();
  } catch (error) {
    code = storeError('stream_unavailable', error).code;
  }
  expect(code).toBe('disk_full');
  db.exec('PRAGMA max_page_count = 1000000');
  transaction(db, () => insert.run(1_000_000));
  expect(db.prepare('SELECT count(*) AS n FROM t').get()?.['n']).toBe(2);
  db.close();
});

it('tells a full disk from other errors', () => {
  const noSpace = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(storeError('objects_unavailable', noSpace).code).toBe('disk_full');
  expect(storeError('objects_unavailable', new Error('other')).code).toBe('objects_unavailable');
  const already = storeError('table_unavailable', new Error('x'));
  expect(storeError('stream_unavailable', already)).toBe(already);
});
