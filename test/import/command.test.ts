/** The command as a person calls it, against a collector that keeps what it gets. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImportOptions, importFile } from '../../local/commands/import.ts';
import { ProgressBar, progressLine } from '../../local/import/progress.ts';
import { reportText } from '../../local/import/report.ts';

let folder = '';
let server: Server;
let url = '';
let got: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wellspring-import-'));
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    got.push(...JSON.parse(Buffer.concat(parts).toString()).batch);
    response.end('{"success":true}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  got = [];
});

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const quiet = { write: () => true };
const options = (): ImportOptions => ({
  data: join(folder, 'data'),
  url,
  key: 'sk_test',
  dryRun: false,
  json: false,
});

test('events in Segment form arrive as they are; what is none is listed by line', async () => {
  const path = file('old.ndjson', '{"type":"track","event":"A","userId":"1","x":1.50}\nbroken\n');
  const report = await importFile(path, options(), quiet);
  expect(got).toEqual([{ type: 'track', event: 'A', userId: '1', x: 1.5 }]);
  expect(report).toMatchObject({ rows: 2, stored: 1, events: { A: 1 } });
  expect(report.rejectedFile).toBe(join(folder, 'data', 'imports', 'old.ndjson.rejected.ndjson'));
  expect(readFileSync(report.rejectedFile ?? '', 'utf8')).toBe(
    '{"line":2,"problem":"line is not a JSON object"}\n',
  );
});

test('a mapping of one’s own is a path', async () => {
  const mapping = { name: 'own', format: 'csv', event: 'Seen', time: 'at', ids: { userId: 'id' } };
  const map = file('own.json', JSON.stringify(mapping));
  const report = await importFile(file('own.csv', 'id,at\n7,2024-01-01\n'), { ...options(), map }, quiet);
  expect(report).toMatchObject({ mapping: 'own', stored: 1, rejected: [], rejectedFile: undefined });
  expect(got).toMatchObject([{ type: 'track', event: 'Seen', userId: '7' }]);
});

test('a dry run sends and writes nothing, and shows an example of each event', async () => {
  const path = file('dry.ndjson', '{"type":"page","userId":"1"}\n{"type":"page","userId":"2"}\nbroken\n');
  const data = join(folder, 'untouched');
  const report = await importFile(path, { ...options(), data, dryRun: true }, quiet);
  expect(got).toEqual([]);
  expect(existsSync(data)).toBe(false);
  expect(report.samples).toEqual([{ type: 'page', userId: '1' }]);
  expect(report).toMatchObject({ dryRun: true, stored: 0, events: { page: 2 } });
});

test('a file of which nothing can be read is an error, an empty one is not', async () => {
  await expect(importFile(file('x.ndjson', 'a,b\n1,2\n'), options(), quiet)).rejects.toThrow(
    'line is not a JSON object',
  );
  expect(await importFile(file('empty.ndjson', ''), options(), quiet)).toMatchObject({ rows: 0, stored: 0 });
});

test('a url without a key is refused', async () => {
  const { key: _, ...rest } = options();
  await expect(importFile(file('k.ndjson', '{}\n'), rest, quiet)).rejects.toThrow('--key');
});

test('the report names every figure', async () => {
  const path = file(
    'shop.csv',
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n',
  );
  const report = await importFile(path, { ...options(), map: 'online-retail' }, quiet);
  const text = reportText({
    ...report,
    file: 'shop.csv',
    seconds: 1.25,
    rows: 1234,
    stored: 1200,
    events: { 'Order Completed': 1200 },
    rejected: [{ problem: 'UnitPrice is not a number', count: 2, firstLine: 40 }],
    rejectedFile: 'list.ndjson',
  });
  expect(text).toBe(`Imported shop.csv by online-retail in 1.3 s

  rows    1,234
  events  1,200
  stored  1,200

Events
  Order Completed  1,200

Found
  without customer     0
  cancellations        0
  negative quantities  0
  price of 0 or less   0
  duplicates           0

Rejected
  UnitPrice is not a number  2  first in line 40

Every rejected line is named in list.ndjson
`);
});

describe('progress', () => {
  test('shows part, events and speed', () => {
    expect(progressLine({ bytesRead: 43, bytesTotal: 100, events: 12_340, elapsed: 2000 })).toBe(
      '[############..................]  43 %   12,340 events   6,170/s',
    );
    expect(progressLine({ bytesRead: 0, bytesTotal: 0, events: 0, elapsed: 0 })).toContain('100 %');
  });

  test('is drawn on a terminal only, a few times a second', () => {
    const state = () => ({ bytesRead: 1, bytesTotal: 2, events: 1 });
    const drawn = (isTTY: boolean): number => {
      const texts: string[] = [];
      let now = 0;
      const bar = new ProgressBar({ isTTY, write: (text) => texts.push(text) }, () => now);
      for (; now < 1000; now += 10) bar.show(state);
      return texts.length;
    };
    expect([drawn(true), drawn(false)]).toEqual([10, 0]);
  });
});

describe('wellspring import', () => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      process.execPath,
      [join(import.meta.dirname, '..', '..', 'local', 'main.ts'), 'import', ...args],
      {
        encoding: 'utf8',
      },
    );

  test('prints the report to standard output and nothing else', () => {
    const { status, stdout, stderr } = run(
      file('cli.ndjson', '{"type":"page","userId":"1"}\n'),
      '--dry-run',
      '--json',
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1, events: { page: 1 } });
  });

  test.each([
    ['a missing file', ['no-such-file'], 'There is no file no-such-file.'],
    ['an unknown mapping', ['x', '--map', 'no-such-mapping'], 'There is no mapping no-such-mapping'],
  ])('%s ends it with a message and a status above 0', (_, args, message) => {
    const { status, stdout, stderr } = run(...args, '--dry-run');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });
});
