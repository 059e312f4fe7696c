/** Books that do not balance are found once their minutes are closed, and those that do are not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedTable } from '../adapters/embedded/table.ts';
import { makeReconcile } from '../functions/reconcile/reconcile.ts';
import { testFolder } from '../test/fixtures/folder.ts';
import { LedgerBatch, type LedgerKind, tenantsIn } from './ledger.ts';
import { readReconciled } from './reconcile.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const folder = testFolder();
let table: EmbeddedTable;
let sequence = 0;

beforeAll(() => {
  table = new EmbeddedTable({ path: `${folder.path}/ledger.db`, clock: { now: () => NOW } });
});
afterAll(() => {
  table.close();
  folder[Symbol.dispose]();
});

async function count(
  tenant: string,
  minutesAgo: number,
  counts: Partial<Record<LedgerKind, number>>,
): Promise<void> {
  const batch = new LedgerBatch();
  const at = { tenant, source: 'web', receivedAt: NOW - minutesAgo * MINUTE, sequence: `${++sequence}` };
  for (const kind of ['accepted', 'applied', 'duplicates', 'quarantined', 'suppressed'] as const)
    if (counts[kind] !== undefined) batch.note(at, kind, counts[kind]);
  await batch.save(table, 'clean', '0');
}

async function run(): Promise<{ counted: number[]; report: unknown }> {
  const counted: number[] = [];
  const step = makeReconcile({
    clock: { now: () => NOW },
    metrics: { count: (_, value) => counted.push(value) },
    secret: '',
    streams: {},
    tables: { ledger: table },
  });
  return { report: await step(), counted };
}

test('books that balance, and minutes that are still open, raise nothing', async () => {
  await count('calm', 200, { accepted: 10, applied: 7, duplicates: 1, quarantined: 1, suppressed: 1 });
  await count('calm', 90, { accepted: 4, applied: 4 });
  await count('calm', 10, { accepted: 5 });
  expect(await run()).toEqual({ counted: [0], report: { tenants: 1, compared: 2, difference: 0 } });
  expect(await readReconciled(table, 'calm')).toMatchObject({ at: NOW, difference: 0, open: [] });
});

test('a forged loss and a forged double do not cancel each other', async () => {
  await count('forged', 120, { accepted: 3, applied: 2 });
  await count('forged', 119, { accepted: 3, applied: 4 });
  const { counted, report } = await run();
  expect(counted).toEqual([2]);
  expect(report).toMatchObject({ tenants: 2, difference: 2 });
  expect(await readReconciled(table, 'forged')).toMatchObject({
    difference: 2,
    open: [
      { source: 'web', minute: NOW - 120 * MINUTE, difference: 1 },
      { source: 'web', minute: NOW - 119 * MINUTE, difference: -1 },
    ],
  });
  expect(await readReconciled(table, 'calm')).toMatchObject({ difference: 0 });
});

test('what is older than a day rings no more', async () => {
  await count('old', 26 * 60, { accepted: 9 });
  await run();
  expect(await readReconciled(table, 'old')).toBeUndefined();
  expect(await tenantsIn(table, NOW - 26 * 60 * MINUTE)).toEqual(['old']);
});
