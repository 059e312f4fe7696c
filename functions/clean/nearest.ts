/** A small fair sample of earlier events, to fill a gap from the one that is most alike. */
import { tag32 } from '../../domain/ids.ts';
import type { FieldSummary } from './field-summary.ts';
import { robust } from './scaling.ts';

export type Row = Readonly<Record<string, number | string>>;

export interface SampleRow {
  /** Hash of the message id: the sample holds the rows with the smallest. */
  readonly rank: number;
  readonly messageId: string;
  readonly row: Row;
}

/** Rows kept. */
export const SAMPLE = 256;

const before = (a: SampleRow, b: SampleRow): boolean =>
  a.rank < b.rank || (a.rank === b.rank && a.messageId < b.messageId);

/**
 * Sample of the rows whose message ids hash lowest: which rows are in it does not depend on the order of
 * arrival, on repeats, or on how parts were merged.
 */
export class Sample {
  /** Ascending by rank. */
  readonly rows: SampleRow[] = [];

  add(messageId: string, row: Row): void {
    this.insert({ rank: tag32(messageId), messageId, row });
  }

  insert(entry: SampleRow): void {
    const last = this.rows.at(-1);
    if (this.rows.length === SAMPLE && last && !before(entry, last)) return;
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.rows[middle];
      if (at && before(at, entry)) low = middle + 1;
      else high = middle;
    }
    if (this.rows[low]?.messageId === entry.messageId) return;
    this.rows.splice(low, 0, entry);
    if (this.rows.length > SAMPLE) this.rows.pop();
  }
}

/** Gower's distance: per shared field, numbers by their distance in spreads (at most 1), texts by being equal. */
function distance(a: Row, b: Row, spread: (field: string) => number | undefined): number | undefined {
  let sum = 0;
  let shared = 0;
  for (const field in a) {
    const x = a[field];
    const y = b[field];
    if (x === undefined || y === undefined || typeof x !== typeof y) continue;
    if (typeof x === 'number' && typeof y === 'number') {
      const unit = spread(field);
      if (unit === undefined) continue;
      sum += Math.min(1, Math.abs(x - y) / unit);
    } else sum += x === y ? 0 : 1;
    shared++;
  }
  return shared === 0 ? undefined : sum / shared;
}

/**
 * The value of `field` in the row that is most like `row`; ties go to the lowest rank.
 * Undefined when no row shares a field with it.
 */
export function nearestValue(
  sample: Sample,
  row: Row,
  field: string,
  summaryOf: (field: string) => FieldSummary | undefined,
): number | string | undefined {
  const spread = (name: string): number | undefined => {
    const summary = summaryOf(name);
    const range = summary && robust(summary, false);
    const width = range ? range.upper - range.lower : 0;
    return width > 0 ? width : undefined;
  };
  let best: number | string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of sample.rows) {
    const value = candidate.row[field];
    const far = value === undefined ? undefined : distance(row, candidate.row, spread);
    if (far !== undefined && far < least) {
      best = value;
      least = far;
    }
  }
  return best;
}
