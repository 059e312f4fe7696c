/** The file of a stream: one table per shard, so that appends always go to the end of a tree. */
import type { DatabaseSync } from 'node:sqlite';
import { integer, transaction } from './database.ts';

/**
 * Index of the shard that holds a key. Pure. FNV-1a, of which the low bits spread a few small numbers
 * evenly: lanes are such numbers, and MD5, as Kinesis uses it, puts 13 of 16 lanes into one of two shards.
 */
export function shardOf(key: string, shards: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  }
  return (h >>> 0) % shards;
}

/** Shards of the file; 0 while its writer has not set it up. */
export function shardCount(db: DatabaseSync): number {
  return integer(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Creates the tables unless they exist. The number of shards is fixed when the file is created. */
export function createShards(db: DatabaseSync, shards: number): number {
  return transaction(db, () => {
    db.exec('CREATE TABLE IF NOT EXISTS heads (shard INTEGER PRIMARY KEY, sequence INTEGER NOT NULL)');
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

/** The newest sequence number of a shard, 0 when it never held a record; records may be gone that carried it. */
export const headOf = (shard: number): string =>
  `SELECT max(ifnull((SELECT max(sequence) FROM shard_${shard}), 0),
    ifnull((SELECT sequence FROM heads WHERE shard = ${shard}), 0)) AS head`;

export function headReader(db: DatabaseSync, shard: number): () => number {
  const head = db.prepare(headOf(shard));
  return () => integer(head.get()?.['head']);
}
