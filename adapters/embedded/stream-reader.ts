/** Reads a stream's file from any thread. */
import { existsSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { StreamRecord } from '../../domain/ports.ts';
import { bytes, integer, openReader, storeError, text } from './database.ts';
import { headOf, shardCount } from './stream-file.ts';

/** What a consumer needs of a stream. `after` is a sequence number; the empty text means from the start. */
export interface StreamReader {
  /** Records above `after` in order: at most `maxRecords`, and at most `maxBytes` of data but never none. */
  read(shard: string, after: string, maxRecords: number, maxBytes: number): StreamRecord[];
  /** Records above `after`, and when the oldest of them arrived, ms. */
  waiting(shard: string, after: string): { count: number; oldest?: number };
}

interface Statements {
  readonly read: StatementSync;
  readonly head: StatementSync;
  readonly next: StatementSync;
}

/** A stream whose writer has not created the file yet looks empty. */
export class EmbeddedStreamReader implements StreamReader {
  readonly #path: string;
  #db: DatabaseSync | undefined;
  #shards: Map<string, Statements> = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** Names of the shards; empty while the stream does not exist. */
  shards(): string[] {
    return this.#guard(() => [...this.#open().keys()]);
  }

  read(shard: string, after: string, maxRecords: number, maxBytes: number): StreamRecord[] {
    return this.#guard(() => {
      const records: StreamRecord[] = [];
      let size = 0;
      const rows = this.#open().get(shard)?.read.iterate(Number(after), maxRecords);
      for (const row of rows ?? []) {
        const record = toRecord(shard, row);
        size += record.data.length;
        if (records.length > 0 && size > maxBytes) break;
        records.push(record);
      }
      return records;
    });
  }

  /** Newest sequence number; empty when there never was a record. */
  head(shard: string): string {
    const head = this.#guard(() => this.#head(shard));
    return head === 0 ? '' : `${head}`;
  }

  /** Records above `after`. */
  pending(shard: string, after: string): number {
    return this.waiting(shard, after).count;
  }

  waiting(shard: string, after: string): { count: number; oldest?: number } {
    return this.#guard(() => {
      if (this.#head(shard) <= Number(after)) return { count: 0 };
      const next = this.#open().get(shard)?.next.get(Number(after));
      if (!next) return { count: 0 };
      // Numbers have no gaps, so the count needs no scan.
      return {
        count: this.#head(shard) - integer(next['sequence']) + 1,
        oldest: integer(next['arrived_at']),
      };
    });
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#shards = new Map();
  }

  #head(shard: string): number {
    const statements = this.#open().get(shard);
    return statements ? integer(statements.head.get()?.['head']) : 0;
  }

  #open(): Map<string, Statements> {
    if (this.#shards.size > 0 || !existsSync(this.#path)) return this.#shards;
    this.#db ??= openReader(this.#path);
    const count = shardCount(this.#db);
    for (let i = 0; i < count; i++) this.#shards.set(`${i}`, prepare(this.#db, i));
    return this.#shards;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError('stream_unavailable', error);
    }
  }
}

function prepare(db: DatabaseSync, index: number): Statements {
  const table = `shard_${index}`;
  return {
    read: db.prepare(
      `SELECT sequence, key, arrived_at, data FROM ${table} WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    ),
    head: db.prepare(headOf(index)),
    next: db.prepare(
      `SELECT sequence, arrived_at FROM ${table} WHERE sequence > ? ORDER BY sequence LIMIT 1`,
    ),
  };
}

function toRecord(shard: string, row: Record<string, SQLOutputValue>): StreamRecord {
  return {
    shard,
    sequence: `${integer(row['sequence'])}`,
    key: text(row['key']),
    arrivedAt: integer(row['arrived_at']),
    data: bytes(row['data']),
  };
}
