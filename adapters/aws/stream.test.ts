import { KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import type { StreamEntry } from '../../domain/ports.ts';
import { noise } from '../../test/fixtures/noise.ts';
import { AwsStream, decodeRecord } from './stream.ts';

type Refuses = (entry: string, call: number) => boolean;

const entry = (key: string, text: string): StreamEntry => ({ key, data: new TextEncoder().encode(text) });
const textOf = (record: PutRecordsRequestEntry): string =>
  new TextDecoder().decode(decodeRecord(record.Data ?? new Uint8Array()));

/** A service that stores what `refuses` lets through, and says so entry by entry. */
function service(refuses: Refuses) {
  const client = new KinesisClient({ region: 'eu-central-1' });
  const stored: string[] = [];
  const calls: PutRecordsRequestEntry[][] = [];
  const pauses: number[] = [];
  mockClient(client)
    .on(PutRecordsCommand)
    .callsFake(({ Records }: { Records: PutRecordsRequestEntry[] }) => {
      calls.push(Records);
      return {
        Records: Records.map((record) => {
          if (refuses(textOf(record), calls.length))
            return { ErrorCode: 'ProvisionedThroughputExceededException' };
          stored.push(textOf(record));
          return { SequenceNumber: `${stored.length}`, ShardId: 'shardId-000000000000' };
        }),
      };
    });
  const sleep = async (ms: number): Promise<void> => void pauses.push(ms);
  const stream = new AwsStream({ client, name: 's', pauses: { sleep, random: () => 0.5 } });
  return { stream, stored, calls, pauses };
}

it('sends only what was refused again, and keeps the order of each key', async () => {
  const { stream, stored, calls, pauses } = service((text, call) => call < 3 && text === 'a1');
  await stream.append([entry('a', 'a1'), entry('b', 'b1'), entry('a', 'a2'), entry('b', 'b2')]);
  expect(stored).toEqual(['b1', 'a1', 'a2', 'b2']);
  expect(calls.map((call) => call.map(textOf))).toEqual([['a1', 'b1'], ['a1'], ['a1'], ['a2', 'b2']]);
  expect(pauses).toEqual([50, 100]);
});

it('gives up after a bounded number of attempts', async () => {
  const { stream, calls } = service((text) => text === 'bad');
  await expect(stream.append([entry('a', 'bad'), entry('b', 'good')])).rejects.toMatchObject({
    code: 'stream_unavailable',
    retryable: true,
  });
  expect(calls).toHaveLength(8);
});

it('reports a refused call as stream_unavailable with its cause', async () => {
  const client = new KinesisClient({ region: 'eu-central-1' });
  const cause = new Error('no such stream');
  mockClient(client).on(PutRecordsCommand).rejects(cause);
  const stream = new AwsStream({ client, name: 's' });
  await expect(stream.append([entry('a', 'x')])).rejects.toMatchObject({ code: 'stream_unavailable', cause });
});

it('keeps within 500 records and 5 MB for each call', async () => {
  const { stream, calls } = service(() => false);
  await stream.append(Array.from({ length: 1200 }, (_, i) => entry(`${i}`, 'x')));
  expect(calls.map((call) => call.length).sort()).toEqual([200, 500, 500]);
  calls.length = 0;
  await stream.append(Array.from({ length: 12 }, (_, i) => ({ key: `${i}`, data: noise(900_000, i + 1) })));
  expect(calls.map((call) => call.length)).toEqual([5, 5, 2]);
});

it('compresses where that pays', async () => {
  const { stream, calls } = service(() => false);
  await stream.append([
    entry('small', 'x'.repeat(512)),
    entry('large', 'x'.repeat(5000)),
    { key: 'noise', data: noise(5000, 1) },
  ]);
  const sizes = calls.flat().map((record) => record.Data?.length ?? 0);
  expect(sizes[0]).toBe(513);
  expect(sizes[1]).toBeLessThan(50);
  expect(sizes[2]).toBe(5001);
});

it('refuses bytes that no adapter of ours wrote', () => {
  expect(() => decodeRecord(new Uint8Array([7, 1, 2]))).toThrow(TypeError);
  expect(() => decodeRecord(new Uint8Array())).toThrow(TypeError);
});
