/** The file of a stream: one table per shard, so that appends always go to the end of a tree. */
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { integer, transaction } from './database.ts';

/** Index of the shard that holds a key: an equal share of the MD5 range each, as in Kinesis. Pure. */
export function shardOf(key: string, shards: number): number {
  const high = Number.parseInt(hash('md5', key, 'hex').slice(0, 8), 16);
  return Math.floor((high * shards) / 2 ** 32);
}

/** Shards of the file; 0 while its writer has not set it up. */
export function shardCount(db: DatabaseSync): number {
  return integer(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Creates the tables unless they exist. The number of shards is fixed when the file is created. */
export function createShards(db: DatabaseSync, shards: number): number {
  return transaction(db, () => {
    const existing = shardCount(db);
    if (existing > 0) return existing;
    for (let i = 0; i < shards; i++) {
      db.exec(`CREATE TABLE shard_${i} (
        sequence INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        arrived_at INTEGER NOT NULL,
        data BLOB NOT NULL
      )`);
    }
    db.exec(`PRAGMA user_version = ${shards}`);
    return shards;
  });
}

/** Newest sequence number of a shard, 0 when it never held a record. */
export function headOf(db: DatabaseSync, shard: number): number {
  return integer(db.prepare(`SELECT ifnull(max(sequence), 0) AS head FROM shard_${shard}`).get()?.['head']);
}
