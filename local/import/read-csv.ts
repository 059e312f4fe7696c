/** CSV with quotes, streamed. */
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { WellspringError } from '../../domain/errors.ts';
import type { Row } from './cells.ts';
import type { Entry } from './entry.ts';
import { LINE_BYTES } from './lines.ts';
import type { Mapping } from './mapping-schema.ts';

const problems: Partial<Record<CsvError['code'], string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS: 'row has another number of columns',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'row has another number of columns',
  CSV_INVALID_CLOSING_QUOTE: 'quotes in the row do not match',
  INVALID_OPENING_QUOTE: 'quotes in the row do not match',
};

interface Parsed {
  readonly record: Row;
  readonly info: Info;
}

/**
 * Rows as objects. A row that does not fit the others is reported and the next one read.
 * @throws WellspringError `invalid_import` where the rest of the file cannot be told apart, as after a quote
 * that never closes.
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: Mapping['csv'] = {},
): AsyncGenerator<Entry> {
  const skipped: Entry[] = [];
  let line = 0;
  const parser = parse({
    bom: true,
    columns: options.columns ?? true,
    delimiter: options.delimiter ?? ',',
    encoding: options.encoding ?? 'utf8',
    info: true,
    max_record_size: LINE_BYTES,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const at = error?.['lines'];
      const problem = (error && problems[error.code]) ?? 'row cannot be read';
      skipped.push({ line: typeof at === 'number' ? at : line, problem });
      return undefined;
    },
  });
  const source = Readable.from(chunks, { objectMode: true });
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    const rows: AsyncIterable<Parsed> = parser;
    for await (const { record, info } of rows) {
      if (skipped.length > 0) yield* skipped.splice(0);
      line = info.lines;
      yield { line, row: record };
    }
  } catch (cause) {
    if (cause instanceof WellspringError) throw cause;
    throw new WellspringError('invalid_import', `The CSV cannot be read after line ${line}.`, { cause });
  } finally {
    source.destroy();
  }
  yield* skipped;
}
