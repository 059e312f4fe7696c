import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StreamEntry } from '../../domain/ports.ts';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { EmbeddedStream, type EmbeddedStreamOptions } from './stream.ts';
import { shardOf } from './stream-file.ts';
import { EmbeddedStreamReader } from './stream-reader.ts';

let folder: TestFolder;
let path: string;
let now = 1000;

beforeEach(() => {
  folder = testFolder();
  path = `${folder.path}/events.db`;
  now = 1000;
});
afterEach(() => folder[Symbol.dispose]());

const open = (options: Partial<EmbeddedStreamOptions> = {}): EmbeddedStream =>
  new EmbeddedStream({ path, clock: { now: () => now }, ...options });

const entries = (...values: string[]): StreamEntry[] =>
  values.map((value) => ({ key: value, data: new TextEncoder().encode(value) }));

it('spreads the lanes evenly over shards', () => {
  const counts = [0, 0];
  for (let lane = 0; lane < 16; lane++) counts[shardOf(`${lane}`, 2)]! += 1;
  expect(counts).toEqual([8, 8]);
});

it('tells which shards have new records, after they can be read', async () => {
  const told: string[][] = [];
  const reader = new EmbeddedStreamReader(path);
  const stream = open({
    onAppend: (shards) => {
      told.push([...shards].sort());
      for (const shard of shards) expect(reader.pending(shard, '')).toBe(1);
    },
  });
  await Promise.all([stream.append(entries('0')), stream.append(entries('1'))]);
  expect(told).toEqual([['0', '1']]);
  stream.close();
  reader.close();
});

it('lets two writers take turns, and keeps every record', async () => {
  const [one, other] = [open({ shards: 1 }), open({ shards: 1 })];
  for (let i = 0; i < 5; i++) {
    await Promise.all([one.append(entries(`a${i}`)), other.append(entries(`b${i}`))]);
  }
  one.close();
  other.close();
  const reader = new EmbeddedStreamReader(path);
  const records = reader.read('0', '', 100, 1000);
  expect(records.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(new Set(records.map(({ key }) => key)).size).toBe(10);
  reader.close();
});

it('looks empty to a reader before the writer has created it', async () => {
  const reader = new EmbeddedStreamReader(path);
  expect(reader.shards()).toEqual([]);
  expect(reader.read('0', '', 10, 1000)).toEqual([]);
  expect(reader.waiting('0', '')).toEqual({ count: 0 });
  expect(reader.head('0')).toBe('');
  const stream = open();
  await stream.append(entries('0'));
  expect(reader.shards()).toEqual(['0', '1']);
  expect(reader.head(`${shardOf('0', 2)}`)).toBe('1');
  stream.close();
  reader.close();
});

it('stores what waits when it is closed, and goes on with the numbers when opened again', async () => {
  const first = open({ shards: 1 });
  const waiting = first.append(entries('a', 'b'));
  first.close();
  await waiting;
  const second = open({ shards: 4 });
  expect(second.shards).toEqual(['0']);
  await second.append(entries('c'));
  const reader = new EmbeddedStreamReader(path);
  expect(reader.read('0', '1', 10, 1000).map((record) => [record.sequence, record.key])).toEqual([
    ['2', 'b'],
    ['3', 'c'],
  ]);
  second.close();
  reader.close();
});

it('keeps its shards when it is asked whether it can be written', async () => {
  const first = open({ shards: 3 });
  expect(first.writable()).toBe(true);
  first.close();
  const second = open({ shards: 3 });
  expect(second.shards).toEqual(['0', '1', '2']);
  second.close();
});

it('fails the append and stores nothing when the database cannot be written, then recovers', async () => {
  const stream = open({ shards: 1 });
  await stream.append(entries('a'));
  const broken = {
    key: 'b',
    get data(): Uint8Array {
      throw new Error('unreadable');
    },
  };
  await expect(stream.append([...entries('lost'), broken])).rejects.toMatchObject({
    code: 'stream_unavailable',
  });
  await stream.append(entries('c'));
  const reader = new EmbeddedStreamReader(path);
  expect(reader.read('0', '', 10, 1000).map((record) => [record.sequence, record.key])).toEqual([
    ['1', 'a'],
    ['2', 'c'],
  ]);
  stream.close();
  reader.close();
});

it('trims by age and by what consumers have read, and counts on from what is gone', async () => {
  const stream = open({ shards: 1 });
  for (now = 0; now < 10; now++) await stream.append(entries(`${now}`));
  const reader = new EmbeddedStreamReader(path);
  const kept = (): string[] => reader.read('0', '', 100, 1e6).map((record) => record.key);
  expect(stream.trim({ before: 0 })).toBe(0);
  expect(stream.trim({ before: 3 })).toBe(3);
  expect(kept()[0]).toBe('3');
  expect(stream.trim({ before: 9, through: new Map([['0', '5']]) })).toBe(2);
  expect(kept()[0]).toBe('5');
  expect(reader.waiting('0', '2')).toEqual({ count: 5, oldest: 5 });
  expect(stream.trim({ before: 99 })).toBe(5);
  expect(kept()).toEqual([]);
  expect(reader.head('0')).toBe('10');
  expect(reader.waiting('0', '10')).toEqual({ count: 0 });
  stream.close();
  const again = open();
  await again.append(entries('next'));
  expect(reader.head('0')).toBe('11');
  again.close();
  reader.close();
});

it('still has every acknowledged record after kill -9', async () => {
  const program = join(import.meta.dirname, '../../test/fixtures/append-forever.ts');
  const acknowledged: number[] = [];
  for (const [round, lines] of [40, 150, 90].entries()) {
    const child = spawn(process.execPath, [program, path, `${round * 1_000_000}`]);
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      output += chunk;
      if (output.split('\n').length > lines) child.kill('SIGKILL');
    });
    await once(child, 'close');
    // The last line may be cut off by the kill.
    acknowledged.push(...output.split('\n').slice(0, -1).map(Number));
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(280);
  const reader = new EmbeddedStreamReader(path);
  const stored = reader
    .shards()
    .flatMap((shard) => reader.read(shard, '', 1e6, 1e9))
    .map((record) => Number(new TextDecoder().decode(record.data)));
  expect(new Set(stored).size).toBe(stored.length);
  expect(acknowledged.filter((n) => !new Set(stored).has(n))).toEqual([]);
  reader.close();
});
