/** What the readers make of good and bad files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import { LINE_BYTES } from '../../local/import/lines.ts';
import { openFile } from '../../local/import/open-file.ts';
import { parseCombined, readCombined } from '../../local/import/read-combined.ts';
import { readCsv } from '../../local/import/read-csv.ts';
import { readNdjson } from '../../local/import/read-ndjson.ts';
import { all, cut } from './bytes.ts';

describe('ndjson', () => {
  test('gives objects with their line, names what is none, and passes over empty lines', async () => {
    const text = '{"a":1}\r\n\n[1]\nnot json\n{"a":2}';
    expect(await all(readNdjson(cut(text)))).toEqual([
      { line: 1, row: { a: 1 }, text: '{"a":1}' },
      { line: 3, problem: 'line is not a JSON object' },
      { line: 4, problem: 'line is not a JSON object' },
      { line: 5, row: { a: 2 }, text: '{"a":2}' },
    ]);
  });

  test('a line that is not UTF-8 or far too long costs only itself', async () => {
    const long = `{"a":"${'x'.repeat(LINE_BYTES)}"}`;
    const bytes = Buffer.concat([Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), Buffer.from(`${long}\n{"a":1}\n`)]);
    const places = Array.from({ length: 20 }, (_, i) => i * 30_000);
    expect(await all(readNdjson(cut(bytes, places)))).toEqual([
      { line: 1, problem: 'line is not UTF-8' },
      { line: 2, problem: 'line is too long' },
      { line: 3, row: { a: 1 }, text: '{"a":1}' },
    ]);
  });
});

describe('csv', () => {
  test('reads quotes, line ends within quotes, a byte-order mark and Windows line ends', async () => {
    const text = '\uFEFFa,b\r\n1,"x ""y"" z"\r\n2,"two\nlines"\r\n';
    expect(await all(readCsv(cut(text)))).toEqual([
      { line: 2, row: { a: '1', b: 'x "y" z' } },
      { line: 4, row: { a: '2', b: 'two\nlines' } },
    ]);
  });

  test('a row with another number of columns costs only itself', async () => {
    expect(await all(readCsv(cut('a,b\n1,2\n3\n4,5,6\n7,8\n')))).toEqual([
      { line: 2, row: { a: '1', b: '2' } },
      { line: 3, problem: 'row has another number of columns' },
      { line: 4, problem: 'row has another number of columns' },
      { line: 5, row: { a: '7', b: '8' } },
    ]);
  });

  test('a stray quote within a field is text', async () => {
    expect(await all(readCsv(cut('a,b\n5" pipe,2\n"5"x,3\n4,4\n')))).toEqual([
      { line: 2, row: { a: '5" pipe', b: '2' } },
      { line: 3, row: { a: '"5"x', b: '3' } },
      { line: 4, row: { a: '4', b: '4' } },
    ]);
  });

  test.each([
    ['to the end', 3],
    ['beyond the longest row', 200_000],
  ])('a quote that does not close %s ends the import, after the rows before it', async (_, rows) => {
    const read: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const entry of readCsv(cut(`a,b\n1,2\n"3,4\n${'5,6\n'.repeat(rows)}`))) read.push(entry);
    };
    await expect(reading()).rejects.toThrow('after line 2');
    expect(read).toEqual([{ line: 2, row: { a: '1', b: '2' } }]);
  });

  test('reads other separators, encodings and files without names of columns', async () => {
    const text = Buffer.from('1;caf\u00e9\n2;th\u00e9\n', 'latin1');
    const options = { delimiter: ';', encoding: 'latin1', columns: ['id', 'drink'] } as const;
    expect(await all(readCsv(cut(text), { ...options, columns: [...options.columns] }))).toEqual([
      { line: 1, row: { id: '1', drink: 'caf\u00e9' } },
      { line: 2, row: { id: '2', drink: 'th\u00e9' } },
    ]);
  });
});

describe('combined log', () => {
  const line =
    '203.0.113.7 - frank [17/May/2015:10:05:03 +0000] "GET /a/b?c=d HTTP/1.1" 200 512 "http://x.example/" "An \\"odd\\" agent"';

  test('reads every column; what is absent is empty', () => {
    expect(parseCombined(line)).toEqual({
      ip: '203.0.113.7',
      ident: '',
      user: 'frank',
      time: '17/May/2015:10:05:03 +0000',
      method: 'GET',
      path: '/a/b',
      query: 'c=d',
      protocol: 'HTTP/1.1',
      status: '200',
      bytes: '512',
      referrer: 'http://x.example/',
      agent: 'An "odd" agent',
    });
  });

  test('a request that is none keeps the rest of its line', () => {
    const row = parseCombined(line.replace('GET /a/b?c=d HTTP/1.1', '\\x16\\x03'));
    expect(row).toMatchObject({ method: '', path: '', status: '200' });
  });

  test('a line that was cut off is named', async () => {
    expect(await all(readCombined(cut(`${line.slice(0, -4)}\n`)))).toEqual([
      { line: 1, problem: 'line is not in combined log format' },
    ]);
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wellspring-read-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const code = async (work: () => unknown): Promise<string> => {
    try {
      await work();
    } catch (error) {
      return error instanceof WellspringError ? error.code : String(error);
    }
    return 'no error';
  };

  test('a gzipped file is recognised by its bytes and the position is that on disk', async () => {
    const path = join(folder, 'no-ending');
    const packed = gzipSync('{"a":1}\n'.repeat(1000));
    writeFileSync(path, packed);
    const file = openFile(path);
    expect(await all(readNdjson(file.chunks))).toHaveLength(1000);
    expect([file.size, file.read()]).toEqual([packed.length, packed.length]);
  });

  test('a missing file, a folder and a damaged file are named as such', async () => {
    const path = join(folder, 'cut.gz');
    writeFileSync(path, gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40));
    expect(await code(() => openFile(join(folder, 'none')))).toBe('invalid_import');
    expect(await code(() => openFile(folder))).toBe('invalid_import');
    expect(await code(() => all(readNdjson(openFile(path).chunks)))).toBe('invalid_import');
    expect(await code(() => all(readCsv(openFile(path).chunks)))).toBe('invalid_import');
  });
});
