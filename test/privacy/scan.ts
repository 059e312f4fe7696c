/**
 * Looks for texts in every byte below a data folder: databases with their logs and free pages, objects, and what is packed
 * or compressed inside of them. It knows nothing of what the product means to keep where.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { formNames, type Needle, needlesOf, readings } from './forms.ts';

export interface Hit {
  /** Path below the folder. */
  readonly file: string;
  readonly store: string;
  readonly value: string;
  readonly form: string;
}

export interface Scan {
  readonly stores: ReadonlyMap<string, { readonly bytes: number; readonly hits: number }>;
  readonly bytes: number;
  readonly forms: number;
  readonly hits: readonly Hit[];
  readonly seconds: number;
}

/** Which store a file belongs to: a table or stream with its log, or a folder of the lake. */
const storeOf = (file: string): string =>
  file.replace(/\.db(-wal|-shm)?$/, '').replace(/^(lake\/events\/unreadable|lake\/[^/]+)\/.*$/, '$1');

/**
 * Looks for values in all forms in all files, from a process of its own: who closes a file takes the locks away that others
 * of the same process hold on it, and the databases are in use.
 */
export async function scan(folder: string, values: readonly string[]): Promise<Scan> {
  const program = [import.meta.filename, folder, JSON.stringify(values)];
  const { stdout } = await promisify(execFile)(process.execPath, program, { maxBuffer: 100_000_000 });
  const { stores, ...found }: Found = JSON.parse(stdout);
  return { ...found, stores: new Map(stores) };
}

type Found = Omit<Scan, 'stores'> & {
  readonly stores: [store: string, counted: { bytes: number; hits: number }][];
};

async function scanHere(folder: string, values: readonly string[]): Promise<Found> {
  const began = performance.now();
  const needles = values.flatMap(needlesOf);
  const stores = new Map<string, { bytes: number; hits: number }>();
  const hits: Hit[] = [];
  for (const file of filesBelow(folder)) {
    const store = storeOf(file);
    const entry = stores.get(store) ?? { bytes: 0, hits: 0 };
    stores.set(store, entry);
    for (const content of await contentsOf(join(folder, file))) {
      entry.bytes += content.length;
      for (const { value, form } of foundIn(content, needles)) {
        entry.hits++;
        hits.push({ file, store, value, form });
      }
    }
    for (const { value, form } of foundIn(Buffer.from(file), needles)) {
      entry.hits++;
      hits.push({ file, store, value, form: `${form}, in its name` });
    }
  }
  const bytes = [...stores.values()].reduce((sum, store) => sum + store.bytes, 0);
  return {
    stores: [...stores],
    bytes,
    forms: formNames.length,
    hits,
    seconds: (performance.now() - began) / 1000,
  };
}

/** Files that are there all the time; those that go meanwhile hold nothing any more. */
function filesBelow(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.isFile()).sort();
}

function foundIn(content: Buffer, needles: readonly Needle[]): Needle[] {
  const all = readings(content);
  return needles.filter(({ bytes, folded }) =>
    all.some(({ plain, small }) => (folded ? small : plain).includes(bytes)),
  );
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PARQUET = Buffer.from('PAR1');

/** The bytes of a file, and what they hold when they are opened. */
async function contentsOf(path: string): Promise<Buffer[]> {
  const raw = readFileSync(path);
  if (raw.subarray(0, 2).equals(GZIP)) return [raw, gunzipSync(raw)];
  if (raw.subarray(0, 4).equals(ZSTD)) return [raw, zstdDecompressSync(raw)];
  if (raw.subarray(0, 4).equals(PARQUET)) return [raw, await rowsOf(path)];
  return [raw];
}

let duck: Promise<DuckDBInstance> | undefined;

async function rowsOf(path: string): Promise<Buffer> {
  duck ??= DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await (await duck).connect();
  const reader = await connection.runAndReadAll(
    `SELECT row::VARCHAR FROM read_parquet($path, hive_partitioning = false) AS row`,
    { path },
  );
  connection.closeSync();
  return Buffer.from(reader.getRowsJS().flat().join('\n'));
}

if (import.meta.main) {
  const [folder = '', values = '[]'] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await scanHere(folder, JSON.parse(values))));
}
