import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { EmbeddedTable } from '../adapters/embedded/table.ts';
import { LedgerBatch, readLedger } from './ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
let files = 0;
const freshTable = (): EmbeddedTable =>
  new EmbeddedTable({ path: join(folder, `${files++}.db`), clock: { now: () => 0 } });

afterAll(() => rmSync(folder, { recursive: true }));

const MINUTE = 60_000;
const at = (sequence: number, minute = 0, source = 'web') => ({
  tenant: 't',
  source,
  receivedAt: minute * MINUTE,
  sequence: `${sequence}`,
});

test('a batch that is delivered again is not counted again', async () => {
  const table = freshTable();
  for (let delivery = 0; delivery < 3; delivery++) {
    const batch = new LedgerBatch();
    batch.note(at(1), 'accepted', 5);
    batch.note(at(2), 'accepted', 3);
    batch.note(at(2), 'quarantined', 1, 'junk_id');
    await batch.save(table, 'clean', '0');
  }
  const { totals, reasons, inFlight } = await readLedger(table, 't');
  expect(totals).toEqual({ accepted: 8, applied: 0, duplicates: 0, quarantined: 1, suppressed: 0 });
  expect(reasons).toEqual({ junk_id: 1 });
  expect(inFlight).toBe(7);
  table.close();
});

test('records from `end` on are left to the next delivery', async () => {
  const table = freshTable();
  const first = new LedgerBatch();
  first.note(at(9), 'applied');
  first.note(at(10), 'applied');
  await first.save(table, 'features', '0', { end: '10' });
  expect((await readLedger(table, 't')).totals.applied).toBe(1);
  const second = new LedgerBatch();
  second.note(at(10), 'applied');
  await second.save(table, 'features', '0');
  expect((await readLedger(table, 't')).totals.applied).toBe(2);
  table.close();
});

test('rows go by source and minute, and a range cuts them', async () => {
  const table = freshTable();
  const batch = new LedgerBatch();
  batch.note(at(1, 0), 'accepted');
  batch.note(at(2, 61, 'app'), 'accepted', 2);
  batch.note(at(3, 62, 'app'), 'accepted', 4);
  await batch.save(table, 'clean', '0');
  const { rows } = await readLedger(table, 't', { from: 61 * MINUTE, to: 62 * MINUTE });
  expect(rows).toEqual([
    {
      source: 'app',
      minute: 61 * MINUTE,
      accepted: 2,
      applied: 0,
      duplicates: 0,
      quarantined: 0,
      suppressed: 0,
    },
  ]);
  table.close();
});

test('tenants do not see each other', async () => {
  const table = freshTable();
  const batch = new LedgerBatch();
  batch.note(at(1), 'accepted');
  await batch.save(table, 'clean', '0');
  expect((await readLedger(table, 'other')).totals.accepted).toBe(0);
  table.close();
});

test('however deliveries are cut and repeated, every record counts once', async () => {
  const record = fc.record({ minute: fc.nat(200), count: fc.integer({ min: 1, max: 9 }) });
  const scenario = fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 30 }),
    cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), crash: fc.boolean() }), {
      maxLength: 30,
    }),
  });
  const table = freshTable();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ records, cuts }) => {
      const tenant = `t${run++}`;
      let done = 0;
      for (const { size, crash } of [...cuts, { size: records.length, crash: false }]) {
        const batch = new LedgerBatch();
        const end = Math.min(done + size, records.length);
        for (let i = done; i < end; i++) {
          const { minute, count } = records[i] ?? { minute: 0, count: 0 };
          batch.note({ ...at(i + 1, minute), tenant }, 'accepted', count);
        }
        await batch.save(table, 'clean', '0');
        // A crash after the save and before the checkpoint: the same records come again, cut differently.
        if (!crash) done = end;
      }
      const total = records.reduce((sum, { count }) => sum + count, 0);
      expect((await readLedger(table, tenant)).totals.accepted).toBe(total);
    }),
    { numRuns: 60 },
  );
  table.close();
});
