/**
 * A stream as a SQLite file. Writers in several threads take turns; readers open it read-only.
 * Appends of the same turn of the event loop share one transaction, and so one flush to the disk.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock, Stream, StreamEntry } from '../../domain/ports.ts';
import { integer, openDatabase, rewrite, storeError, transaction } from './database.ts';
import { createShards, headReader, shardOf } from './stream-file.ts';

const SETTINGS = { pageSize: 16_384, cacheBytes: 256_000 };
const TRIM_AT_ONCE = 500;

export interface EmbeddedStreamOptions {
  readonly path: string;
  readonly clock: Clock;
  /** @default 2; a file that exists keeps its number. */
  readonly shards?: number;
  /** Called after each commit with the shards that have new records. */
  readonly onAppend?: (shards: ReadonlySet<string>) => void;
}

interface Waiting {
  readonly records: readonly StreamEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Shard {
  readonly name: string;
  readonly insert: StatementSync;
  readonly oldest: StatementSync;
  readonly remove: StatementSync;
  readonly keepHead: StatementSync;
  /** Newest sequence number, which another writer may have moved on. */
  readonly readHead: () => number;
}

export class EmbeddedStream implements Stream {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #onAppend: (shards: ReadonlySet<string>) => void;
  readonly #shards: Shard[];
  #waiting: Waiting[] = [];

  constructor(options: EmbeddedStreamOptions) {
    this.#db = openDatabase(options.path, SETTINGS);
    this.#clock = options.clock;
    this.#onAppend = options.onAppend ?? (() => {});
    const count = createShards(this.#db, options.shards ?? 2);
    this.#shards = Array.from({ length: count }, (_, i) => openShard(this.#db, i));
  }

  /** Names of the shards. */
  get shards(): string[] {
    return this.#shards.map((shard) => shard.name);
  }

  /** @throws WellspringError `disk_full` or `stream_unavailable`; nothing of this call was stored then. */
  append(records: readonly StreamEntry[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ records, resolve, reject });
    });
  }

  #flush(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    let touched: Set<string>;
    try {
      touched = this.#store(group);
    } catch (error) {
      for (const waiting of group) waiting.reject(storeError('stream_unavailable', error));
      return;
    }
    for (const waiting of group) waiting.resolve();
    this.#onAppend(touched);
  }

  #store(group: readonly Waiting[]): Set<string> {
    let heads: number[] = [];
    const arrivedAt = this.#clock.now();
    const touched = new Set<string>();
    transaction(this.#db, () => {
      heads = this.#shards.map((shard) => shard.readHead());
      for (const { records } of group) {
        for (const { key, data } of records) {
          const index = shardOf(key, this.#shards.length);
          const shard = this.#at(index);
          const sequence = (heads[index] ?? 0) + 1;
          heads[index] = sequence;
          shard.insert.run(sequence, key, arrivedAt, data);
          touched.add(shard.name);
        }
      }
    });
    return touched;
  }

  #at(index: number): Shard {
    const shard = this.#shards[index];
    if (!shard) throw new RangeError('no such shard');
    return shard;
  }

  /** True when a write reaches the disk at this moment. */
  writable(): boolean {
    try {
      transaction(this.#db, () => this.#db.exec(`PRAGMA user_version = ${this.#shards.length}`));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Deletes old records, at most some hundred per shard and call so that appends do not wait long;
   * returns how many. A record goes when it arrived before `before` (ms) and, where `through` names its
   * shard, is not above that sequence number.
   */
  trim(limits: { before: number; through?: ReadonlyMap<string, string> }): number {
    let removed = 0;
    transaction(this.#db, () => {
      for (const shard of this.#shards) {
        const head = shard.readHead();
        const through = Math.min(Number(limits.through?.get(shard.name) ?? head), head);
        const oldest = shard.oldest.all(through, TRIM_AT_ONCE);
        const firstKept = oldest.findIndex((row) => integer(row['arrived_at']) >= limits.before);
        const last = oldest.at(firstKept < 0 ? -1 : firstKept - 1);
        if (!last || firstKept === 0) continue;
        // Without it, an emptied shard would begin anew.
        shard.keepHead.run(head);
        removed += Number(shard.remove.run(integer(last['sequence'])).changes);
      }
    });
    return removed;
  }

  /** Removes what deleted records left on the disk; returns the bytes of the file. @throws WellspringError `stream_unavailable` */
  scrub(): number {
    try {
      return rewrite(this.#db);
    } catch (error) {
      throw storeError('stream_unavailable', error);
    }
  }

  /** Stores what is waiting, then closes the file. */
  close(): void {
    this.#flush();
    this.#db.close();
  }
}

function openShard(db: DatabaseSync, index: number): Shard {
  const table = `shard_${index}`;
  return {
    name: `${index}`,
    insert: db.prepare(`INSERT INTO ${table} (sequence, key, arrived_at, data) VALUES (?, ?, ?, ?)`),
    oldest: db.prepare(
      `SELECT sequence, arrived_at FROM ${table} WHERE sequence <= ? ORDER BY sequence LIMIT ?`,
    ),
    remove: db.prepare(`DELETE FROM ${table} WHERE sequence <= ?`),
    keepHead: db.prepare(`INSERT OR REPLACE INTO heads VALUES (${index}, ?)`),
    readHead: headReader(db, index),
  };
}
