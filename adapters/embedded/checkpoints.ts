/** How far a function has read each shard. One file per function, so that no two threads write one file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase, storeError, text, transaction } from './database.ts';

export interface Checkpoints {
  /** Sequence number of the last record that is done; empty before the first. */
  load(stream: string, shard: string): string;
  /**
   * After a power cut an older checkpoint may be found: its records are delivered again, which every function
   * bears. In return a batch waits for one flush less.
   */
  save(stream: string, shard: string, sequence: string): void;
}

export class EmbeddedCheckpoints implements Checkpoints {
  readonly #db: DatabaseSync;
  readonly #load: StatementSync;
  readonly #save: StatementSync;

  constructor(path: string) {
    this.#db = openDatabase(path, { pageSize: 4096, cacheBytes: 1_000_000, mayFallBack: true });
    this.#db.exec(`CREATE TABLE IF NOT EXISTS checkpoints (
      stream TEXT NOT NULL, shard TEXT NOT NULL, sequence TEXT NOT NULL, PRIMARY KEY (stream, shard)
    ) WITHOUT ROWID`);
    this.#load = this.#db.prepare('SELECT sequence FROM checkpoints WHERE stream = ? AND shard = ?');
    this.#save = this.#db.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)');
  }

  load(stream: string, shard: string): string {
    const row = this.#load.get(stream, shard);
    return row ? text(row['sequence']) : '';
  }

  /** @throws WellspringError `disk_full` or `stream_unavailable`. */
  save(stream: string, shard: string, sequence: string): void {
    try {
      transaction(this.#db, () => this.#save.run(stream, shard, sequence));
    } catch (error) {
      throw storeError('stream_unavailable', error);
    }
  }

  close(): void {
    this.#db.close();
  }
}
