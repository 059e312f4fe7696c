/** What came in during the last hour, minute by minute, from the ledger. */
import * as z from 'zod/mini';
import { type Counts, ledgerKinds, readLedger } from '../../domain/ledger.ts';
import type { Table } from '../../domain/ports.ts';
import { described } from './parameters.ts';

const MINUTE = 60_000;
const SHOWN = 60;

export const minutesReply = described(
  'the last 60 whole minutes and the one that runs, by receipt',
  z.array(
    z.object({
      at: z.iso.datetime(),
      accepted: z.number(),
      applied: z.number(),
      duplicates: z.number(),
      quarantined: z.number(),
      suppressed: z.number(),
    }),
  ),
);
type Minute = z.output<typeof minutesReply>[number];

/** `now`: ms since the epoch. Minutes without events are in it, too. */
export async function readMinutes(ledger: Table, tenant: string, now: number): Promise<Minute[]> {
  const last = Math.floor(now / MINUTE) * MINUTE;
  const first = last - SHOWN * MINUTE;
  const { rows } = await readLedger(ledger, tenant, { from: first, to: last + MINUTE });
  const minutes = Array.from({ length: SHOWN + 1 }, (_, i) => empty(first + i * MINUTE));
  for (const row of rows) {
    const minute = minutes[(row.minute - first) / MINUTE];
    if (minute) for (const kind of ledgerKinds) minute[kind] += row[kind];
  }
  return minutes;
}

const none: Counts = { accepted: 0, applied: 0, duplicates: 0, quarantined: 0, suppressed: 0 };
const empty = (at: number): Minute => ({ at: new Date(at).toISOString(), ...none });
