/** Long quarantines: many files, over pages of the store's own listing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import type { Objects } from '../../domain/ports.ts';
import { quarantined, writeQuarantine } from '../../domain/quarantine.ts';
import { entryPage } from '../../functions/api/quarantine.ts';
import { testFolder } from '../fixtures/folder.ts';

const FILES = 230;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const folder = testFolder();
const stored = new EmbeddedObjects(folder.path);
/** Lists seven files at a time. */
const objects: Objects = {
  put: (key, data) => stored.put(key, data),
  get: (key) => stored.get(key),
  delete: (keys) => stored.delete(keys),
  list: (query) => stored.list({ ...query, limit: 7 }),
};

beforeAll(async () => {
  for (let i = 0; i < FILES; i++) {
    const refused = (line: number) =>
      quarantined(
        {
          envelope: { version: 1, tenant: 't', source: 's', trust: 'secret', receivedAt: NOW + i * 600_000 },
          receipt: `0:${i}:${line}`,
          bytes: new Uint8Array(),
          reason: line === 0 ? 'junk_id' : 'rate',
        },
        'clean',
        NOW,
      );
    await writeQuarantine(objects, [refused(0), refused(1)]);
  }
});
afterAll(() => folder[Symbol.dispose]());

async function pagesOf(query: { reason?: 'junk_id' | 'outlier'; limit: number }): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await entryPage(objects, 't', { ...query, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.entries.map((entry) => entry.receipt));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

const all = (lines: readonly number[]): string[] =>
  Array.from({ length: FILES }, (_, i) => lines.map((line) => `0:${i}:${line}`)).flat();

it.each([1000, 41])('shows every entry once, %d at a time', async (limit) => {
  expect((await pagesOf({ limit })).flat().sort()).toEqual(all([0, 1]).sort());
});

it('stops in the middle of a file and goes on there', async () => {
  const [first = [], second = []] = await pagesOf({ limit: 41 });
  expect(first).toHaveLength(41);
  expect(first.at(-1)?.split(':')[1]).toBe(second[0]?.split(':')[1]);
});

it('reads a bounded number of files for one answer, and goes on from there', async () => {
  expect((await pagesOf({ limit: 1000, reason: 'junk_id' })).map((page) => page.length)).toEqual([200, 30]);
  expect(await pagesOf({ limit: 1000, reason: 'outlier' })).toEqual([[], []]);
});
