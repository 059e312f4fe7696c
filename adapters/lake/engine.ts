/** DuckDB in memory, opened at first use, with a folder of its own for what does not fit. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { WellspringError } from '../../domain/errors.ts';

export interface EngineOptions {
  /** Folder for temporary files; created if missing. */
  readonly scratch: string;
  /** Memory that DuckDB may use before it spills, as DuckDB writes it. @default '256MB' */
  readonly memory?: string;
  /** @default 1 */
  readonly threads?: number;
}

interface Open {
  readonly folder: string;
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

export class Engine {
  readonly #options: EngineOptions;
  #opening: Promise<Open> | undefined;
  #files = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Path of a new temporary file. */
  async temporary(extension: string): Promise<string> {
    const { folder } = await this.#open();
    return join(folder, `${this.#files++}.${extension}`);
  }

  /** Rows that a statement answers. @throws WellspringError `objects_unavailable` */
  async rows(sql: string, values: Record<string, DuckDBValue> = {}): Promise<unknown[][]> {
    const { connection } = await this.#open();
    try {
      return (await connection.runAndReadAll(sql, values)).getRowsJS();
    } catch (error) {
      throw lakeError(error);
    }
  }

  /** Afterwards the next use opens it again. */
  async close(): Promise<void> {
    const open = await this.#opening;
    this.#opening = undefined;
    if (!open) return;
    open.connection.closeSync();
    open.instance.closeSync();
    await rm(open.folder, { recursive: true, force: true });
  }

  async #open(): Promise<Open> {
    this.#opening ??= start(this.#options);
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}

async function start({ scratch, memory = '256MB', threads = 1 }: EngineOptions): Promise<Open> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'lake-'));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    threads: String(threads),
    temp_directory: join(folder, 'spill'),
    // What a batch needed goes back to the system after it.
    allocator_flush_threshold: '4MB',
    allocator_bulk_deallocation_flush_threshold: '4MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  return { folder, instance, connection: await instance.connect() };
}

/** DuckDB's messages may quote data: only the kind of the error is kept. */
function lakeError(error: unknown): WellspringError {
  const kind = error instanceof Error ? /[A-Z][A-Za-z -]* Error(?=:)/.exec(error.message)?.[0] : undefined;
  return new WellspringError(
    'objects_unavailable',
    `the lake could not be read or written: ${kind ?? 'error'}`,
  );
}

/** A text as SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Exactly these files, whatever characters their paths hold, as a table. */
export const table = (paths: readonly string[]): string =>
  `read_parquet([${paths.map((path) => literal(path.replace(/[*?[]/g, '[$&]'))).join(', ')}], hive_partitioning = false)`;
