/** People on the suppression list leave nothing anywhere, and the books still balance. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { suppress, unsuppress } from '../../domain/vault/suppression.ts';
import { importFile } from '../../local/commands/import.ts';
import { credentials } from '../../local/credentials.ts';
import { files } from '../../local/files.ts';
import { TENANT } from '../../local/host.ts';
import { testFolder } from '../fixtures/folder.ts';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

let host: TestHost;
let table: EmbeddedTable;
let secret = '';
const now = Date.UTC(2026, 2, 1);
const because = { reason: 'erased', now } as const;
const user = (id: string): string => subjectOf(secret, TENANT, 'user', id);
const device = (id: string): string => subjectOf(secret, TENANT, 'device', id);

beforeAll(async () => {
  host = await startTestHost();
  ({ secret } = credentials(host.data));
  table = new EmbeddedTable({ path: files.table(host.data, 'suppression'), clock: Date });
});
afterAll(async () => {
  table.close();
  await host.remove();
});

/** Every file of the data folder in which a text stands. */
function filesWith(text: string): string[] {
  return readdirSync(host.data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(host.data, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

let sent = 0;
const track = (fields: object): object => ({
  type: 'track',
  event: 'Seen',
  messageId: `message-${sent++}`,
  ...fields,
});
const post = async (batch: object[], headers: Record<string, string> = {}): Promise<unknown> => {
  const response = await host.send('/v1/batch', JSON.stringify({ batch }), headers);
  return { status: response.status, body: await response.json() };
};
const balance = async (): Promise<unknown> => {
  const { totals, reasons, inFlight } = await host.drain();
  return { ...totals, reasons, inFlight };
};

test('who is known before is found in the files', async () => {
  await post([track({ userId: 'neighbour-0815' })]);
  await host.drain();
  expect(filesWith('neighbour-0815').length).toBeGreaterThan(0);
});

test('events of suppressed users and devices are answered alike, counted and kept nowhere', async () => {
  await suppress(table, TENANT, [user('canary-4711'), device('canary-device')], because);
  const plain = await post([track({ userId: 'neighbour-0815' })], { 'x-strict': '1' });
  const others = await post(
    [
      track({ userId: 'canary-4711', properties: { note: 'canary-note' } }),
      track({ anonymousId: 'canary-device' }),
      track({ userId: 'neighbour-0815', anonymousId: 'canary-device' }),
      { type: 'alias', userId: 'neighbour-0815', previousId: 'canary-4711' },
      { type: 'identify', userId: 'canary-4711', traits: { email: 'canary@example.com' } },
      // What would be refused must not come into quarantine either.
      { type: 'nonsense', userId: 'canary-4711' },
    ],
    { 'user-agent': 'canary-agent' },
  );
  expect(others).toEqual({ status: 200, body: { success: true } });
  expect(plain).toEqual({ status: 200, body: { success: true, refused: [] } });
  const call = await host.send('/v1/track', JSON.stringify({ userId: 'canary-4711', event: 'Seen' }));
  expect([call.status, await call.json()]).toEqual([200, { success: true }]);
  expect(await balance()).toEqual({
    accepted: 9,
    applied: 2,
    duplicates: 0,
    quarantined: 0,
    suppressed: 7,
    reasons: { suppressed: 7 },
    inFlight: 0,
  });
  expect(filesWith('canary')).toEqual([]);
});

test('an import brings nobody back', async () => {
  using folder = testFolder();
  const file = join(folder.path, 'history.ndjson');
  const lines = ['canary-4711', 'neighbour-0815'].map((userId, n) =>
    JSON.stringify(track({ userId, messageId: `m-${n}`, timestamp: '2026-01-01T00:00:00Z' })),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  const options = { data: host.data, dryRun: false, json: false };
  expect(await importFile(file, options, { write: () => true })).toMatchObject({ rows: 2 });
  expect(await balance()).toMatchObject({ accepted: 11, applied: 3, suppressed: 8, inFlight: 0 });
  expect(filesWith('canary')).toEqual([]);
});

test('who is taken off the list is processed again', async () => {
  await unsuppress(table, TENANT, [user('canary-4711')]);
  await post([track({ userId: 'canary-4711' })]);
  expect(await balance()).toMatchObject({ accepted: 12, applied: 4, suppressed: 8, inFlight: 0 });
  expect((await host.get('/api/profiles/canary-4711')).status).toBe(200);
});
