/** Ports that cost next to nothing, to time a step alone; and the requests of the traffic. */
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { newKey, registration } from '../../domain/keys.ts';
import type { Objects, Stream, StreamEntry, StreamRecord, Table } from '../../domain/ports.ts';
import type { HttpRequest } from '../../functions/http.ts';

export const SECRET = 'be'.repeat(32);
export const TENANT = 'bench';
export const clock = { now: (): number => Date.now() };
export const metrics = { count: (): void => {} };

/** Keeps what it is given, as one shard. */
export class MemoryStream implements Stream {
  readonly records: StreamRecord[] = [];

  append(entries: readonly StreamEntry[]): Promise<void> {
    for (const entry of entries) {
      const sequence = `${this.records.length + 1}`;
      this.records.push({ ...entry, shard: '0', sequence, arrivedAt: clock.now() });
    }
    return Promise.resolve();
  }
}

export const memoryTable = (): EmbeddedTable => new EmbeddedTable({ path: ':memory:', clock });

/** For functions without models: nobody asks it. */
export const noEndpoint: Endpoint = { predict: () => Promise.reject(new Error('nothing serves')) };

/** Takes everything and holds nothing. */
export const noObjects: Objects = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  list: () => Promise.resolve({ items: [] }),
  delete: () => Promise.resolve(),
};

/** A secret key that the table knows. */
export async function addKey(sources: Table): Promise<string> {
  const key = newKey('secret');
  const value = {
    tenant: TENANT,
    source: 'server',
    kind: 'secret',
    disabled: false,
    eventsPerSecond: 1e9,
  } as const;
  await sources.put([registration(key, value)]);
  return key;
}

export function batchRequest(key: string, body: string, n: number): HttpRequest {
  return {
    method: 'POST',
    path: '/v1/batch',
    query: new URLSearchParams(),
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: Buffer.from(body),
    ip: '203.0.113.7',
    requestId: `bench-${n}`,
  };
}

/** `records` in runs of at most `size`. */
export function* batches<T>(records: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < records.length; at += size) yield records.slice(at, at + size);
}
