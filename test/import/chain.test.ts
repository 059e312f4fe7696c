/** From a file to profiles, through the whole system. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImportOptions, importFile } from '../../local/commands/import.ts';
import { startHost } from '../../local/host.ts';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

let folder = '';
let host: TestHost;
let file = '';
const quiet = { write: () => true };
const into = (data: string): ImportOptions => ({ map: 'online-retail', data, dryRun: false, json: false });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wellspring-chain-'));
  file = join(folder, 'shop.csv');
  writeFileSync(
    file,
    [
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
      '1,T,Tea,2,2011-07-01 10:00:00,1.10,17,France',
      '1,P,Pot,1,2011-07-01 10:00:00,20,17,France',
      '2,T,Tea,1,2011-07-03 10:00:00,1.10,17,France',
      'C3,P,Pot,-1,2011-07-05 10:00:00,20,17,France',
      '4,T,Tea,1,2011-07-03 10:00:00,1.10,18,Spain',
      '',
    ].join('\n'),
  );
  host = await startTestHost();
});
afterAll(async () => {
  await host.remove();
  rmSync(folder, { recursive: true });
});

test('a running system is found; orders and refunds arrive at their own time; again changes nothing', async () => {
  expect(await importFile(file, into(host.data), quiet)).toMatchObject({ rows: 5, stored: 4 });
  const once = await host.drain();
  expect(once.totals).toMatchObject({ accepted: 4, applied: 4, duplicates: 0, quarantined: 0 });
  const { status, body } = await host.get('/api/profiles/17');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    profile: {
      dynamic: {
        firstSeen: '2011-07-01T09:00:00.000Z',
        lastSeen: '2011-07-05T09:00:00.000Z',
        totals: { orders: 2, items: 4, revenue: 23.3, refunds: 1, refunded: 20 },
      },
    },
  });

  expect(await importFile(file, into(host.data), quiet)).toMatchObject({ stored: 4 });
  expect((await host.drain()).totals).toMatchObject({ accepted: 8, applied: 4, duplicates: 4 });
});

test('where nothing runs, the system is started for the import and has applied all of it at the end', async () => {
  const data = join(folder, 'own');
  expect(await importFile(file, into(data), quiet)).toMatchObject({ stored: 4 });
  const later = await startHost({ data, port: 0 });
  expect((await later.drain()).totals).toMatchObject({ accepted: 4, applied: 4 });
  await later.stop();
});
