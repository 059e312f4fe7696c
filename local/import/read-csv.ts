/** CSV with quotes, streamed. */
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { WellspringError } from '../../domain/errors.ts';
import type { Row } from './cells.ts';
import type { Entry } from './entry.ts';
import { LINE_BYTES } from './lines.ts';
import type { Mapping } from './mapping-schema.ts';

/** After these the next row can be found. */
const passing: ReadonlySet<CsvError['code']> = new Set([
  'CSV_RECORD_INCONSISTENT_COLUMNS',
  'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH',
]);

interface Parsed {
  readonly record: Row;
  readonly info: Info;
}

interface Skipped {
  readonly line: number;
  /** True where the parser has lost the thread. */
  readonly fatal: boolean;
}

/**
 * Rows as objects. A row that does not fit the others is reported and the next one read.
 * Lines are those of the parser, which counts a Windows line end within quotes twice.
 * @throws WellspringError `invalid_import` where the rest of the file cannot be told apart, as after a quote
 * that never closes.
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: Mapping['csv'] = {},
): AsyncGenerator<Entry> {
  const skipped: Skipped[] = [];
  let line = 0;
  const lost = (cause?: unknown): WellspringError =>
    new WellspringError(
      'invalid_import',
      `The CSV cannot be read after line ${line}: a quote opens there that does not close.`,
      { cause },
    );
  const parser = parse({
    bom: true,
    columns: options.columns ?? true,
    delimiter: options.delimiter ?? ',',
    encoding: options.encoding ?? 'utf8',
    info: true,
    max_record_size: LINE_BYTES,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const at = error?.['lines'];
      skipped.push({
        line: typeof at === 'number' ? at : 0,
        fatal: error === undefined || !passing.has(error.code),
      });
      return undefined;
    },
  });
  /** The parser runs ahead of its rows: what it skipped comes in the order of the file. */
  function* skippedBefore(end: number): Generator<Entry> {
    for (let next = skipped[0]; next && next.line < end; next = skipped[0]) {
      if (next.fatal) throw lost();
      skipped.shift();
      yield { line: next.line, problem: 'row has another number of columns' };
    }
  }
  const source = Readable.from(chunks, { objectMode: true });
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    const rows: AsyncIterable<Parsed> = parser;
    for await (const { record, info } of rows) {
      if (skipped.length > 0) yield* skippedBefore(info.lines);
      line = info.lines;
      yield { line, row: record };
    }
    yield* skippedBefore(Number.POSITIVE_INFINITY);
  } catch (cause) {
    if (cause instanceof WellspringError) throw cause;
    throw lost(cause);
  } finally {
    source.destroy();
  }
}
