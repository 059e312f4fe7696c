/** Whether the books of closed minutes balance, and the word of it that people read. */
import * as z from 'zod/mini';
import { type LedgerRow, readLedger, tenantsIn } from './ledger.ts';
import type { Key, Table } from './ports.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** A minute is closed once it is this old: by then every function has counted, unless it is behind and its lag rings. */
export const SETTLED_MS = 30 * MINUTE;
/** How far back is looked, the day for which records are tried again. */
const BACK_MS = 24 * HOUR;
/** Differences that are kept to be shown. */
const SHOWN = 20;

const reconciledSchema = z.object({
  /** When this was found, and the closed minutes that it is about, [from, to), ms. */
  at: z.number(),
  from: z.number(),
  to: z.number(),
  /** Minutes and sources that were compared. */
  compared: z.number(),
  /** Sum of all differences, each without its sign. */
  difference: z.number(),
  /** The oldest of those that do not balance. Positive: events are missing; negative: some were counted twice. */
  open: z.array(z.object({ source: z.string(), minute: z.number(), difference: z.number() })),
});
export type Reconciled = z.infer<typeof reconciledSchema>;

const keyOf = (tenant: string): Key => ({ pk: `${tenant}#reconciled`, sk: 'R' });

const differenceOf = ({ accepted, applied, duplicates, quarantined, suppressed }: LedgerRow): number =>
  accepted - applied - duplicates - quarantined - suppressed;

/** Compares the books of all tenants and stores what was found. `now`: ms. */
export async function reconcile(table: Table, now: number): Promise<Map<string, Reconciled>> {
  const to = Math.floor((now - SETTLED_MS) / MINUTE) * MINUTE;
  const from = to - BACK_MS;
  const tenants = new Set<string>();
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR)
    for (const tenant of await tenantsIn(table, hour)) tenants.add(tenant);
  const found = new Map<string, Reconciled>();
  for (const tenant of tenants) {
    const { rows } = await readLedger(table, tenant, { from, to });
    const differing = rows
      .map((row) => ({ source: row.source, minute: row.minute, difference: differenceOf(row) }))
      .filter(({ difference }) => difference !== 0);
    found.set(tenant, {
      at: now,
      from,
      to,
      compared: rows.length,
      difference: differing.reduce((sum, { difference }) => sum + Math.abs(difference), 0),
      open: differing.slice(0, SHOWN),
    });
  }
  await table.put(
    [...found].map(([tenant, value]) => ({
      ...keyOf(tenant),
      data: new TextEncoder().encode(JSON.stringify(value)),
    })),
  );
  return found;
}

/** What was found last; undefined before the first time. */
export async function readReconciled(table: Table, tenant: string): Promise<Reconciled | undefined> {
  const [item] = await table.get([keyOf(tenant)]);
  return item && reconciledSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
}
