import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Lake } from '../../domain/lake.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { batchHeader } from '../../events/envelope-schema.ts';
import { pack, unpack } from '../../events/packed.ts';
import { testFolder } from '../../test/fixtures/folder.ts';
import { makeCompact } from '../compact/compact.ts';
import { makeArchive } from './archive.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1, 10);
const encoder = new TextEncoder();

const eventBytes = (messageId: string): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      version: 1,
      receipt: `s:1:${messageId}`,
      tenant: 'acme',
      source: 'web',
      trust: 'public',
      messageId,
      type: 'track',
      event: 'x',
      userId: 'ada',
      timestamp: START,
      receivedAt: START,
      properties: {},
      traits: {},
      context: {},
      flags: [],
    } satisfies CleanEvent),
  );

const record = (sequence: number, data: Uint8Array): StreamRecord => ({
  key: '1',
  data,
  shard: 'shard-0',
  sequence: `${sequence}`,
  arrivedAt: START + sequence,
});
const packed = (...parts: Uint8Array[]): Uint8Array => pack(batchHeader('acme'), parts);

function setUp(path: string, now = START, lakeOf?: (lake: DuckLake) => Lake) {
  const root = join(path, 'lake');
  const objects = new EmbeddedObjects(root);
  const lake = new DuckLake({ objects, scratch: join(path, 'scratch'), root });
  const counts: [string, number][] = [];
  const clock = { now: () => now };
  const services = {
    clock,
    metrics: { count: (name: string, value: number) => void counts.push([name, value]) },
    secret: '',
    streams: {},
    tables: { suppression: new EmbeddedTable({ path: join(path, 'suppression.db'), clock }) },
    objects,
    lake: lakeOf?.(lake) ?? lake,
  };
  const keys = async (): Promise<string[]> =>
    (await objects.list({ prefix: 'events/' })).items.map(({ key }) => key);
  const messages = async (): Promise<string[]> => {
    const query = { tenant: 'acme', userIds: ['ada'], anonymousIds: [], limit: 100 };
    return (await lake.events(query)).map(({ messageId }) => messageId);
  };
  return { services, objects, lake, counts, keys, messages };
}

describe('archive', () => {
  test('writes every event of a batch, and the same files when it is delivered again', async () => {
    using folder = testFolder();
    const { services, lake, keys, messages, counts } = setUp(folder.path);
    const archive = makeArchive(services);
    const batch = [record(7, packed(eventBytes('1'), eventBytes('2'))), record(8, packed(eventBytes('3')))];
    expect(await archive(batch)).toEqual({});
    const before = await keys();
    expect(before).toHaveLength(1);
    expect(await archive(batch)).toEqual({});
    expect(await keys()).toEqual(before);
    expect(await archive(batch.slice(1))).toEqual({});
    expect(await messages()).toEqual(['1', '2', '3']);
    expect(await archive([])).toEqual({});
    expect(counts).toEqual([]);
    await lake.close();
  });

  test('sequence numbers that begin anew overwrite nothing', async () => {
    using folder = testFolder();
    const { services, lake, messages } = setUp(folder.path);
    const archive = makeArchive(services);
    await archive([record(7, packed(eventBytes('1')))]);
    await archive([{ ...record(7, packed(eventBytes('2'))), arrivedAt: START + 1000 }]);
    expect(await messages()).toEqual(['1', '2']);
    await lake.close();
  });

  test('what cannot be read is counted and kept, and does not stop the rest', async () => {
    using folder = testFolder();
    const { services, lake, objects, keys, messages, counts } = setUp(folder.path);
    const torn = new Uint8Array([255, 255, 255, 255, 1]);
    const odd = encoder.encode('{"version":1}');
    const batch = [
      record(1, torn),
      record(2, packed(eventBytes('1'), odd)),
      record(3, packed(eventBytes('2'))),
    ];
    expect(await makeArchive(services)(batch)).toEqual({});
    expect(await messages()).toEqual(['1', '2']);
    expect(counts).toEqual([['unreadable', 2]]);
    const kept = (await keys()).filter((key) => key.startsWith('events/unreadable/'));
    expect(kept).toHaveLength(1);
    const data = await objects.get(kept[0] ?? '');
    expect(unpack(data ?? torn).parts.map((part) => [...part])).toEqual([[...torn], [...odd]]);
    await lake.close();
  });

  test('leaves out people on the suppression list, also one put there since the batch before', async () => {
    using folder = testFolder();
    const { services, lake, messages } = setUp(folder.path);
    const archive = makeArchive(services);
    await archive([record(1, packed(eventBytes('1')))]);
    await suppress(services.tables.suppression, 'acme', ['ada'], {
      reason: 'erased',
      now: START,
    });
    await archive([record(2, packed(eventBytes('2')))]);
    expect(await messages()).toEqual(['1']);
    await lake.close();
  });

  test('a store that fails makes the whole batch come again', async () => {
    using folder = testFolder();
    const failure = new WellspringError('objects_unavailable', 'down');
    const { services, counts } = setUp(folder.path, START, () => ({
      append: () => Promise.reject(failure),
      events: () => Promise.reject(failure),
      erase: () => {
        throw new Error('archive erases nothing');
      },
      history: () => {
        throw failure;
      },
      compact: () => Promise.reject(failure),
      insights: {
        funnel: () => Promise.reject(failure),
        retention: () => Promise.reject(failure),
        campaigns: () => Promise.reject(failure),
      },
    }));
    await expect(makeArchive(services)([record(1, packed(eventBytes('1')))])).rejects.toBe(failure);
    expect(counts).toEqual([]);
  });
});

test('compact leaves an hour alone until ten minutes after its end', async () => {
  using folder = testFolder();
  const early = setUp(folder.path, START + HOUR + 10 * 60_000 - 1);
  const archive = makeArchive(early.services);
  await archive([record(1, packed(eventBytes('1')))]);
  await archive([record(2, packed(eventBytes('1')))]);
  expect(await makeCompact(early.services)()).toMatchObject({ hours: 0 });
  await early.lake.close();
  const later = setUp(folder.path, START + HOUR + 10 * 60_000);
  expect(await makeCompact(later.services)()).toEqual({
    hours: 1,
    filesBefore: 2,
    filesAfter: 1,
    rowsBefore: 2,
    rowsAfter: 1,
  });
  await later.lake.close();
});
