import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCalls } from '../../adapters/aws/counted.ts';
import { AwsObjects } from '../../adapters/aws/objects.ts';
import { AwsStream, decodeRecord } from '../../adapters/aws/stream.ts';
import { AwsTable } from '../../adapters/aws/table.ts';
import { AwsTail } from '../../adapters/aws/tail.ts';
import type { Clock, StreamRecord } from '../../domain/ports.ts';
import { type Emulators, startEmulators } from '../fixtures/emulators.ts';
import { noise } from '../fixtures/noise.ts';
import { objectsContract } from './objects.ts';
import { streamContract } from './stream.ts';
import { suppressionContract } from './suppression.ts';
import { tableContract } from './table.ts';
import { tailContract } from './tail.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.stop());

async function readShard(name: string, shard: string): Promise<StreamRecord[]> {
  const { kinesis } = emulators;
  const found: StreamRecord[] = [];
  let { ShardIterator: iterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: name, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  for (;;) {
    const { Records = [], NextShardIterator } = await kinesis.send(
      new GetRecordsCommand({ ShardIterator: iterator }),
    );
    if (Records.length === 0) return found;
    for (const record of Records) {
      found.push({
        shard,
        sequence: record.SequenceNumber ?? '',
        key: record.PartitionKey ?? '',
        arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
        data: decodeRecord(record.Data ?? new Uint8Array()),
      });
    }
    iterator = NextShardIterator;
  }
}

describe('Kinesis stream', () => {
  streamContract(async () => {
    await emulators.createStream('contract', 3);
    const { Shards = [] } = await emulators.kinesis.send(new ListShardsCommand({ StreamName: 'contract' }));
    return {
      stream: new AwsStream({ client: emulators.kinesis, name: 'contract' }),
      records: async () =>
        (await Promise.all(Shards.map((shard) => readShard('contract', shard.ShardId ?? '')))).flat(),
      close: async () => {},
    };
  });
});

describe('Kinesis tail', () => {
  tailContract(async () => {
    await emulators.createStream('watched', 2);
    const { kinesis: client } = emulators;
    return {
      stream: new AwsStream({ client, name: 'watched' }),
      tail: new AwsTail({ client, name: 'watched' }),
      close: async () => {},
    };
  });
});

const openTable =
  (name: string) =>
  async (clock: Clock): Promise<{ table: AwsTable; close: () => Promise<void> }> => {
    await emulators.createTable(name);
    return { table: new AwsTable({ client: emulators.dynamo, name, clock }), close: async () => {} };
  };

describe('DynamoDB table', () => {
  tableContract(openTable('contract'));
});
describe('suppression list on DynamoDB', () => {
  suppressionContract(openTable('suppression'));
});

describe('S3 objects', () => {
  objectsContract(async () => {
    await emulators.createBucket('contract');
    return {
      objects: new AwsObjects({ client: emulators.s3, bucket: 'contract' }),
      close: async () => {},
    };
  });
});

describe('counts for the bill', () => {
  it('counts units of a table as the service does', async () => {
    await emulators.createTable('counted');
    const counts = countCalls(emulators.dynamo);
    const table = new AwsTable({ client: emulators.dynamo, name: 'counted', clock: Date });
    const random = noise(1500, 7);
    const keys = [0, 1, 2].map((i) => ({ pk: `${i}`, sk: 'S' }));
    await table.put(keys.map((key) => ({ ...key, data: random, expect: 0 })));
    await table.put(keys.map((key) => ({ ...key, data: random, expect: 0 })));
    await table.get(keys, { consistent: true });
    await table.get(keys);
    expect(counts).toMatchObject({
      calls: { PutItem: 6, BatchGetItem: 2 },
      // 1.5 KB each: two units to write, one to read, half of one where a stale read will do.
      writeUnits: 6,
      readUnits: 3 + 1.5,
      conflicts: 3,
    });
  });

  it('counts records, bytes and payload units of a stream', async () => {
    await emulators.createStream('counted', 1);
    const counts = countCalls(emulators.kinesis);
    const stream = new AwsStream({ client: emulators.kinesis, name: 'counted' });
    const random = noise(30_000, 7);
    await stream.append([
      { key: 'a', data: random },
      { key: 'b', data: new Uint8Array(30_000) },
    ]);
    expect(counts).toMatchObject({ calls: { PutRecords: 1 }, records: 2, payloadUnits: 3 });
    expect(counts.bytes).toBeGreaterThan(30_000);
    expect(counts.bytes).toBeLessThan(31_000);
  });

  it('counts objects', async () => {
    await emulators.createBucket('counted');
    const counts = countCalls(emulators.s3);
    const objects = new AwsObjects({ client: emulators.s3, bucket: 'counted' });
    await objects.put('a', new Uint8Array(10));
    await objects.get('a');
    expect(counts).toMatchObject({ calls: { PutObject: 1, GetObject: 1 }, records: 1, bytes: 10 });
  });
});
