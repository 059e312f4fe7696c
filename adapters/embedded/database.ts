/** SQLite as every embedded adapter opens it: a commit that returned survives a crash and a power cut. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { type ErrorCode, WellspringError } from '../../domain/errors.ts';

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
/** Wait for another thread's transaction, ms. */
const BUSY_MS = 10_000;
/** Bytes of write-ahead log after which a commit also moves pages into the database file. */
const CHECKPOINT_BYTES = 32_000_000;

/** Whoever reads a stream reads each page once; there are many readers. */
const READER_CACHE_BYTES = 128 * 1024;

export interface DatabaseSettings {
  /** Bytes; only counts when the file is created. */
  readonly pageSize: number;
  /** Pages kept in memory, in bytes. */
  readonly cacheBytes: number;
  /** A power cut may undo the last commits, though never a part of one: for what can be done again. @default false */
  readonly mayFallBack?: true;
}

/** Opens or creates a database for writing, with its folder. */
export function openDatabase(path: string, settings: DatabaseSettings): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  db.exec(`PRAGMA page_size = ${settings.pageSize}`);
  enterWal(db);
  db.exec(`
    PRAGMA synchronous = ${settings.mayFallBack ? 'NORMAL' : 'FULL'};
    PRAGMA wal_autocheckpoint = ${Math.ceil(CHECKPOINT_BYTES / settings.pageSize)};
    PRAGMA cache_size = -${Math.ceil(settings.cacheBytes / 1024)};
  `);
  return db;
}

/** Several threads may create one file together; SQLite then refuses this switch without waiting. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 0; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (property(error, 'errcode') !== SQLITE_BUSY || attempt === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** Opens an existing database for reading. */
export function openReader(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  db.exec(`PRAGMA cache_size = -${READER_CACHE_BYTES / 1024}`);
  return db;
}

/** Runs `work` in one transaction: all of it is durable on return, or nothing happened and it throws. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back after some errors, such as a full disk.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Runs `work` on one snapshot of the database. */
export function snapshot<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN');
  try {
    return work();
  } finally {
    db.exec('COMMIT');
  }
}

/**
 * Writes a file anew, so that nothing of deleted rows is left in it or in its log; returns its bytes. Other writers wait for
 * as long as that takes, readers do not. @throws when somebody reads or writes for too long.
 */
export function rewrite(db: DatabaseSync): number {
  db.exec('VACUUM');
  const row = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (row?.['busy'] !== 0) throw new Error('the log of a database is in use');
  return integer(
    db.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get()?.[
      'bytes'
    ],
  );
}

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/** True when the file system has no room left. */
export function isDiskFull(error: unknown): boolean {
  const code = property(error, 'code');
  return property(error, 'errcode') === SQLITE_FULL || code === 'ENOSPC' || code === 'EDQUOT';
}

/** The error to throw for a failed store: `disk_full`, or `code` for everything else. */
export function storeError(code: ErrorCode, cause: unknown): WellspringError {
  if (cause instanceof WellspringError) return cause;
  return isDiskFull(cause)
    ? new WellspringError('disk_full', 'the disk under the data folder is full', { cause })
    : new WellspringError(code, 'the local store failed', { cause });
}

/** Column values with their types; a wrong one means a damaged file. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('the database holds no text here');
  return value;
}

export function integer(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new TypeError('the database holds no integer here');
  return value;
}

export function bytes(value: SQLOutputValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('the database holds no bytes here');
  return value;
}
