/** What an import says when it is done. */
import type { JsonObject } from '../../events/json.ts';
import type { Tally } from './tally.ts';

export interface ImportReport {
  readonly file: string;
  /** Name of the mapping; undefined for events in Segment form. */
  readonly mapping: string | undefined;
  readonly dryRun: boolean;
  readonly rows: number;
  /** Events made from the rows, by name. */
  readonly events: Readonly<Record<string, number>>;
  /** Events that the collector has stored. */
  readonly stored: number;
  readonly dirt: readonly { readonly name: string; readonly rows: number; readonly leftOut: number }[];
  /** Lines and events that could not be imported. */
  readonly rejected: readonly {
    readonly problem: string;
    readonly count: number;
    readonly firstLine: number;
  }[];
  /** Where every rejected line is listed. */
  readonly rejectedFile: string | undefined;
  readonly seconds: number;
  /** With a dry run: the first event of each name. */
  readonly samples: readonly JsonObject[];
}

export interface ReportInput
  extends Pick<
    ImportReport,
    'file' | 'mapping' | 'dryRun' | 'stored' | 'rejectedFile' | 'seconds' | 'samples'
  > {
  readonly tally: Tally;
}

export function reportOf({ tally, ...rest }: ReportInput): ImportReport {
  return {
    ...rest,
    rows: tally.rows,
    events: Object.fromEntries(tally.events),
    dirt: [...tally.dirt.values()],
    rejected: [...tally.rejected.values()],
  };
}

const figure = (value: number): string => value.toLocaleString('en-US');

type TableRow = readonly [label: string, count: number, note?: string];

/** Names in one column, figures right-aligned in the next. */
function table(rows: readonly TableRow[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const digits = Math.max(...rows.map(([, count]) => figure(count).length));
  return rows
    .map(
      ([label, count, note = '']) =>
        `  ${`${label.padEnd(width)}  ${figure(count).padStart(digits)}  ${note}`.trimEnd()}\n`,
    )
    .join('');
}

/** Event names beyond these are shown as one line. */
const NAMES = 12;

function eventRows(events: ImportReport['events']): TableRow[] {
  const all = Object.entries(events).toSorted(([, a], [, b]) => b - a);
  const rest = all.slice(NAMES).reduce((sum, [, count]) => sum + count, 0);
  return [...all.slice(0, NAMES), ...(rest > 0 ? [['other names', rest] as const] : [])];
}

/** The report as text for a person. */
export function reportText(report: ImportReport): string {
  const { dirt, dryRun, events, file, mapping, rejected, rejectedFile, rows, samples, seconds, stored } =
    report;
  const made = Object.values(events).reduce((sum, count) => sum + count, 0);
  const what = mapping === undefined ? file : `${file} by ${mapping}`;
  const parts = [`${dryRun ? 'Read' : 'Imported'} ${what} in ${seconds.toFixed(1)} s\n`];
  parts.push(table([['rows', rows], ['events', made], ...(dryRun ? [] : [['stored', stored] as const])]));
  if (made > 0) parts.push(`Events\n${table(eventRows(events))}`);
  const notes = (leftOut: number): string => (leftOut > 0 ? `${figure(leftOut)} left out for it` : '');
  if (dirt.length > 0) {
    parts.push(`Found\n${table(dirt.map((kind) => [kind.name, kind.rows, notes(kind.leftOut)]))}`);
  }
  if (rejected.length > 0) {
    const lines = rejected.map(
      ({ problem, count, firstLine }): TableRow => [
        problem,
        count,
        firstLine > 0 ? `first in line ${firstLine}` : '',
      ],
    );
    parts.push(`Rejected\n${table(lines)}`);
  }
  if (rejectedFile !== undefined) parts.push(`Every rejected line is named in ${rejectedFile}\n`);
  for (const sample of samples) parts.push(`${JSON.stringify(sample, null, 2)}\n`);
  return parts.join('\n');
}
