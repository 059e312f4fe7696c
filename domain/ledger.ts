/**
 * The ledger: accepted = applied + duplicates + quarantined + suppressed, exactly, per source and minute.
 *
 * Every stream function counts what it decided about the records of its shard. Counts of one
 * (tenant, hour, function, shard) live in one item together with the highest sequence number counted in it,
 * so a record that is delivered again is not counted again, whatever crashed in between. `accepted`,
 * `quarantined` and `suppressed` are counted where clean reads the clickstream, the rest by features.
 */
import * as z from 'zod/mini';
import { WellspringError } from './errors.ts';
import { compareSequence, type Item, type Key, pages, type Table, type Write } from './ports.ts';

export const ledgerKinds = ['accepted', 'applied', 'duplicates', 'quarantined', 'suppressed'] as const;
export type LedgerKind = (typeof ledgerKinds)[number];
export type Counts = { [K in LedgerKind]: number };

const HOUR = 3_600_000;
const MINUTE = 60_000;
const ATTEMPTS = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const itemSchema = z.object({
  through: z.string(),
  /** source -> minute of the hour -> counts in the order of {@link ledgerKinds} */
  counts: z.record(z.string(), z.record(z.string(), z.array(z.number()))),
  /** source -> reason -> count */
  reasons: z.record(z.string(), z.record(z.string(), z.number())),
});
type LedgerItem = z.infer<typeof itemSchema>;

interface Note {
  readonly sequence: string;
  readonly source: string;
  readonly minute: number;
  readonly kind: LedgerKind;
  readonly count: number;
  readonly reason: string | undefined;
}

const readItem = (item: Item | undefined): LedgerItem =>
  item ? itemSchema.parse(JSON.parse(decoder.decode(item.data))) : { through: '', counts: {}, reasons: {} };

const hourText = (ms: number): string => new Date(ms).toISOString().slice(0, 13);

/** Kept for longer than anybody reconciles. */
const MARK_SECONDS = 3 * 86_400;
const hourIndex = (hour: number): string => `ledger#${hourText(hour)}`;

/** Says that a tenant has counts in an hour. Stored before them: then none can be overlooked. */
const hourMark = (tenant: string, hour: number): Write => ({
  pk: `${tenant}#ledger-hours`,
  sk: hourText(hour),
  data: encoder.encode(tenant),
  index: hourIndex(hour),
  expiresAt: hour / 1000 + MARK_SECONDS,
});

/** Tenants that received events in the hour that begins at `hour`, ms; known for some days. */
export async function tenantsIn(table: Table, hour: number): Promise<string[]> {
  const tenants: string[] = [];
  const index = hourIndex(hour);
  for await (const items of pages((from) => table.queryIndex({ index, ...from })))
    for (const { data } of items) tenants.push(decoder.decode(data));
  return tenants;
}

function addNotes(item: LedgerItem, notes: readonly Note[]): LedgerItem | undefined {
  let through = item.through;
  let changed = false;
  for (const note of notes) {
    if (compareSequence(note.sequence, item.through) <= 0) continue;
    changed = true;
    const minutes = (item.counts[note.source] ??= {});
    const row = (minutes[note.minute] ??= ledgerKinds.map(() => 0));
    const kind = ledgerKinds.indexOf(note.kind);
    row[kind] = (row[kind] ?? 0) + note.count;
    if (note.reason !== undefined) {
      const reasons = (item.reasons[note.source] ??= {});
      reasons[note.reason] = (reasons[note.reason] ?? 0) + note.count;
    }
    if (compareSequence(note.sequence, through) > 0) through = note.sequence;
  }
  return changed ? { ...item, through } : undefined;
}

/** Collects the counts of one batch of one shard, then saves them exactly once. */
export class LedgerBatch {
  readonly #notes = new Map<string, { tenant: string; hour: number; notes: Note[] }>();

  /** Counts events of the record with this sequence number under the minute of their receipt. */
  note(
    at: { tenant: string; source: string; receivedAt: number; sequence: string },
    kind: LedgerKind,
    count = 1,
    reason?: string,
  ): void {
    const hour = Math.floor(at.receivedAt / HOUR) * HOUR;
    const key = `${at.tenant}#${hour}`;
    let group = this.#notes.get(key);
    if (!group) this.#notes.set(key, (group = { tenant: at.tenant, hour, notes: [] }));
    const minute = Math.floor((at.receivedAt - hour) / MINUTE);
    const last = group.notes.at(-1);
    if (
      last?.sequence === at.sequence &&
      last.kind === kind &&
      last.source === at.source &&
      last.minute === minute &&
      last.reason === reason
    ) {
      group.notes[group.notes.length - 1] = { ...last, count: last.count + count };
      return;
    }
    group.notes.push({ sequence: at.sequence, source: at.source, minute, kind, count, reason });
  }

  /**
   * Saves the counts of records before `end` (exclusive; undefined: all), and `beside` in the same call.
   * @throws WellspringError `conflict_persists` when another invocation of the same shard keeps writing.
   */
  async save(
    table: Table,
    functionName: string,
    shard: string,
    { end, beside = [] }: { readonly end?: string | undefined; readonly beside?: readonly Write[] } = {},
  ): Promise<void> {
    let open: Pending[] = [...this.#notes.values()].map((group) => ({
      tenant: group.tenant,
      hour: group.hour,
      key: { pk: `${group.tenant}#ledger`, sk: `${hourText(group.hour)}#${functionName}#${shard}` },
      notes:
        end === undefined ? group.notes : group.notes.filter((n) => compareSequence(n.sequence, end) < 0),
    }));
    for (let attempt = 0; attempt === 0 || (attempt < ATTEMPTS && open.length > 0); attempt++) {
      open = await saveOnce(table, open, attempt === 0 ? beside : []);
    }
    if (open.length > 0) throw new WellspringError('conflict_persists', 'the ledger item keeps changing');
  }
}

interface Pending {
  readonly tenant: string;
  readonly hour: number;
  readonly key: Key;
  readonly notes: readonly Note[];
}

async function saveOnce(
  table: Table,
  open: readonly Pending[],
  beside: readonly Write[],
): Promise<Pending[]> {
  const items = await table.get(
    open.map((p) => p.key),
    { consistent: true },
  );
  await table.put(open.filter((_, i) => !items[i]).map(({ hour, tenant }) => hourMark(tenant, hour)));
  const writes = open.flatMap((pending, i) => {
    const next = addNotes(readItem(items[i]), pending.notes);
    return next
      ? [
          {
            pending,
            write: {
              ...pending.key,
              data: encoder.encode(JSON.stringify(next)),
              expect: items[i]?.version ?? 0,
            },
          },
        ]
      : [];
  });
  const results = await table.put([...writes.map((w) => w.write), ...beside]);
  return writes.filter((_, i) => results[i]?.outcome !== 'written').map((w) => w.pending);
}

export interface LedgerRow extends Counts {
  readonly source: string;
  /** Start of the minute, ms since the epoch. */
  readonly minute: number;
}

export interface LedgerReport {
  readonly rows: LedgerRow[];
  readonly totals: Counts;
  /** Refused and suppressed events by reason. */
  readonly reasons: Record<string, number>;
  /** accepted - (applied + duplicates + quarantined + suppressed): what is still in the streams. */
  readonly inFlight: number;
}

const zero = (): Counts => ({ accepted: 0, applied: 0, duplicates: 0, quarantined: 0, suppressed: 0 });

/** Sums the ledger of a tenant over receipt times in [from, to), ms; without bounds: over everything. */
export async function readLedger(
  table: Table,
  tenant: string,
  range: { from?: number; to?: number } = {},
): Promise<LedgerReport> {
  const rows = new Map<string, LedgerRow>();
  const totals = zero();
  const reasons: Record<string, number> = {};
  for await (const { hour, item } of ledgerItems(table, tenant, range)) {
    for (const [source, minutes] of Object.entries(item.counts)) {
      for (const [text, counts] of Object.entries(minutes)) {
        const minute = hour + Number(text) * MINUTE;
        if (minute < (range.from ?? 0) || minute >= (range.to ?? Number.POSITIVE_INFINITY)) continue;
        const key = `${minute}#${source}`;
        const row = rows.get(key) ?? { source, minute, ...zero() };
        ledgerKinds.forEach((kind, i) => {
          row[kind] += counts[i] ?? 0;
          totals[kind] += counts[i] ?? 0;
        });
        rows.set(key, row);
      }
    }
    for (const bySource of Object.values(item.reasons)) {
      for (const [reason, count] of Object.entries(bySource))
        reasons[reason] = (reasons[reason] ?? 0) + count;
    }
  }
  const inFlight =
    totals.accepted - totals.applied - totals.duplicates - totals.quarantined - totals.suppressed;
  const sorted = [...rows.values()].sort((a, b) => a.minute - b.minute || (a.source < b.source ? -1 : 1));
  return { rows: sorted, totals, reasons, inFlight };
}

/** Hours that are read one by one; a longer range reads the whole partition. */
const HOURS = 48;

/** Beginnings of the sort keys that a range needs: one per hour, or one for all. */
function prefixesOf({ from, to }: { from?: number; to?: number }): (string | undefined)[] {
  if (from === undefined || to === undefined || to - from > HOURS * HOUR) return [undefined];
  const prefixes: string[] = [];
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) prefixes.push(hourText(hour));
  return prefixes;
}

async function* ledgerItems(
  table: Table,
  tenant: string,
  range: { from?: number; to?: number },
): AsyncGenerator<{ hour: number; item: LedgerItem }> {
  for (const prefix of prefixesOf(range)) {
    const query = { pk: `${tenant}#ledger`, ...(prefix !== undefined && { prefix }) };
    for await (const items of pages((from) => table.query({ ...query, ...from }))) {
      for (const found of items) {
        const hour = Date.parse(`${found.sk.slice(0, 13)}:00:00Z`);
        if (hour + HOUR <= (range.from ?? 0) || hour >= (range.to ?? Number.POSITIVE_INFINITY)) continue;
        yield { hour, item: readItem(found) };
      }
    }
  }
}
