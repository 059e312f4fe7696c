/**
 * The interfaces to the outside. Each has one AWS and one embedded adapter, and one contract suite
 * (`test/contract/`) that both pass. Adapters throw {@link WellspringError} with a stable code.
 */

/** Appends to one stream. Order per key is kept for one caller. */
export interface Stream {
  /**
   * Resolves when every record is durable.
   * @throws WellspringError `stream_unavailable` (retryable) when any record could not be stored; some may have been.
   */
  append(records: readonly StreamEntry[]): Promise<void>;
}

export interface StreamEntry {
  /** Partition key: records of one key keep their order. */
  readonly key: string;
  readonly data: Uint8Array;
}

/** A record as a consumer sees it. */
export interface StreamRecord extends StreamEntry {
  readonly shard: string;
  /** Sequence number, increasing within the shard; compare with {@link compareSequence}. */
  readonly sequence: string;
  /** When the stream took it, ms since the epoch. */
  readonly arrivedAt: number;
}

/**
 * What a stream function answers. `failedFrom`: the lowest sequence number that must be delivered again;
 * absent when the whole batch is done. Everything after it is delivered again too.
 */
export interface StreamResult {
  readonly failedFrom?: string;
}

/** Takes one shard's records in order. Throwing means: deliver the whole batch again. */
export type StreamStep = (records: readonly StreamRecord[]) => Promise<StreamResult>;

/** Reads along a stream without taking part in its delivery: for people who watch. */
export interface Tail {
  /**
   * Records after a position, oldest first in each shard, and the position behind them; without a position no records,
   * and where the stream ends now. What expired meanwhile is left out.
   */
  read(position?: string): Promise<{ readonly records: StreamRecord[]; readonly position: string }>;
}

/** Orders sequence numbers, decimal texts of any length. */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Key {
  /** Partition key; begins with the tenant. */
  readonly pk: string;
  readonly sk: string;
}

export interface Item extends Key {
  /** Counts the writes of this item, from 1. */
  readonly version: number;
  readonly data: Uint8Array;
  /** Value in the table's one secondary index, if any. */
  readonly index?: string;
  /** Seconds since the epoch after which the item no longer exists. */
  readonly expiresAt?: number;
}

/**
 * A write of one item. `expect` is the version the writer read: 0 for "must not exist",
 * undefined for "whatever is there".
 */
export interface Write extends Key {
  readonly data: Uint8Array;
  readonly expect?: number;
  readonly index?: string;
  readonly expiresAt?: number;
}

/** `written` carries the new version; `conflict` means the condition failed and nothing changed. */
export type WriteResult =
  | { readonly outcome: 'written'; readonly version: number }
  | { readonly outcome: 'conflict' };

export interface Page<T> {
  readonly items: T[];
  /** Pass to the next call; absent on the last page. */
  readonly cursor?: string;
}

/** Page after page; `ask` gets the cursor of the page before in a form that can be spread into a query. */
export async function* pages<T>(
  ask: (from: { readonly cursor?: string }) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  let page = await ask({});
  yield page.items;
  while (page.cursor !== undefined) {
    page = await ask({ cursor: page.cursor });
    yield page.items;
  }
}

/** A key-value table with versions. Every write stands alone: there are no transactions. */
export interface Table {
  /** Items in the order of the keys; undefined where none exists. `consistent` reads see every earlier write. */
  get(keys: readonly Key[], options?: { consistent?: boolean }): Promise<(Item | undefined)[]>;
  /** Results in the order of the writes. @throws WellspringError `table_unavailable` when the outcome is unknown. */
  put(writes: readonly Write[]): Promise<WriteResult[]>;
  delete(keys: readonly Key[]): Promise<void>;
  /** Items of one partition in order of `sk`. */
  query(query: { pk: string; prefix?: string; limit?: number; cursor?: string }): Promise<Page<Item>>;
  /** Items with this index value, in order of (pk, sk). */
  queryIndex(query: { index: string; limit?: number; cursor?: string }): Promise<Page<Item>>;
  /** Every item, in no stated order. For maintenance and audits. */
  scan(query: { limit?: number; cursor?: string }): Promise<Page<Item>>;
}

export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  /** ms since the epoch. */
  readonly modifiedAt: number;
}

/** Files by key; `/` separates folders. */
export interface Objects {
  put(key: string, data: Uint8Array): Promise<void>;
  /** undefined where none exists. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** In order of key. */
  list(query: { prefix: string; limit?: number; cursor?: string }): Promise<Page<ObjectInfo>>;
  delete(keys: readonly string[]): Promise<void>;
}

export interface Clock {
  /** ms since the epoch, UTC. */
  now(): number;
}

/** Counts and durations about the system itself; never identifiers or payload. */
export interface Metrics {
  count(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}
