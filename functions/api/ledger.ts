/** `GET /api/ledger`: what became of every event, and whether the books balance. */
import * as z from 'zod/mini';
import { type Counts, type LedgerRow, ledgerKinds, readLedger } from '../../domain/ledger.ts';
import { type Reconciled, readReconciled } from '../../domain/reconcile.ts';
import { quarantineReasons, suppressReasons } from '../../events/reasons.ts';
import { described, optional } from './parameters.ts';
import type { Answer, Call } from './route.ts';

const HOUR = 3_600_000;

const counts = {
  accepted: z.number(),
  applied: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  suppressed: z.number(),
};

export const ledgerReply = z.object({
  from: described('first moment that is counted', z.optional(z.iso.datetime())),
  to: described('first moment that is no longer counted', z.optional(z.iso.datetime())),
  totals: z.object(counts),
  quarantined: described('by reason', z.record(z.string(), z.number())),
  suppressed: described('by reason', z.record(z.string(), z.number())),
  inFlight: described(
    'accepted less applied, duplicates, quarantined and suppressed: still in the streams',
    z.number(),
  ),
  balanced: described('whether nothing is in flight and nothing was counted twice', z.boolean()),
  sources: z.array(z.object({ source: z.string(), ...counts })),
  reconciled: described(
    'what the regular comparison of closed minutes found last, over the last day',
    z.optional(
      z.object({
        at: z.iso.datetime(),
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        difference: described('events missing or counted twice; 0 when the books balance', z.number()),
        open: z.array(
          z.object({
            source: z.string(),
            minute: z.iso.datetime(),
            difference: described('positive: missing; negative: counted twice', z.number()),
          }),
        ),
      }),
    ),
  ),
});

type LedgerReply = z.output<typeof ledgerReply>;

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reasons are kept by the hour, so the range is widened to whole hours: all figures are of the same events. */
const widened = ({ from, to }: Range): { from?: number; to?: number } => ({
  ...optional('from', from === undefined ? undefined : Math.floor(from / HOUR) * HOUR),
  ...optional('to', to === undefined ? undefined : Math.ceil(to / HOUR) * HOUR),
});

const text = (ms: number): string => new Date(ms).toISOString();
const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : text(ms));

export async function readBooks(call: Call<unknown, Range>): Promise<Answer<LedgerReply>> {
  const { services, tenant, query } = call;
  const range = widened(query);
  const { rows, totals, reasons, inFlight } = await readLedger(services.tables.ledger, tenant, range);
  const reconciled = await readReconciled(services.tables.ledger, tenant);
  const among = (known: object): Record<string, number> =>
    Object.fromEntries(Object.entries(reasons).filter(([reason]) => Object.hasOwn(known, reason)));
  return {
    value: {
      ...optional('from', iso(range.from)),
      ...optional('to', iso(range.to)),
      totals,
      quarantined: among(quarantineReasons),
      suppressed: among(suppressReasons),
      inFlight,
      balanced: inFlight === 0,
      sources: bySource(rows),
      ...optional('reconciled', reconciled && shown(reconciled)),
    },
  };
}

const shown = ({ at, from, to, difference, open }: Reconciled): LedgerReply['reconciled'] => ({
  at: text(at),
  from: text(from),
  to: text(to),
  difference,
  open: open.map((row) => ({ ...row, minute: text(row.minute) })),
});

function bySource(rows: readonly LedgerRow[]): LedgerReply['sources'] {
  const sums = new Map<string, Counts>();
  for (const row of rows) {
    const sum = sums.get(row.source);
    if (sum) for (const kind of ledgerKinds) sum[kind] += row[kind];
    else sums.set(row.source, countsOf(row));
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, sum]) => ({ source, ...sum }));
}

const countsOf = ({ accepted, applied, duplicates, quarantined, suppressed }: Counts): Counts => ({
  accepted,
  applied,
  duplicates,
  quarantined,
  suppressed,
});
