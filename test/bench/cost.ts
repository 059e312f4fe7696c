/**
 * What a million events cost on AWS: the adapters' calls are counted while the chain runs against emulators of
 * DynamoDB, Kinesis and S3, second by second as Lambda would batch them, and multiplied with list prices.
 */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { type Counts, countCalls } from '../../adapters/aws/counted.ts';
import { AwsObjects } from '../../adapters/aws/objects.ts';
import { AwsStream, decodeRecord } from '../../adapters/aws/stream.ts';
import { AwsTable } from '../../adapters/aws/table.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { type Bill, dollars, type Invocations } from '../../functions/api/cost/bill.ts';
import { makeArchive } from '../../functions/archive/archive.ts';
import { chain, streams } from '../../functions/chain.ts';
import { makeCheck } from '../../functions/clean/check.ts';
import { makeClean } from '../../functions/clean/clean.ts';
import { makeCollect } from '../../functions/collect/collect.ts';
import { makeFeatures } from '../../functions/features/features.ts';
import { makeProducts } from '../../functions/products/products.ts';
import { makeScore } from '../../functions/score/score.ts';
import { makeSegment } from '../../functions/segment/segment.ts';
import { type Emulators, startEmulators } from '../fixtures/emulators.ts';
import { testFolder } from '../fixtures/folder.ts';
import { addKey, batches, batchRequest, clock, metrics, noEndpoint, SECRET } from './in-memory.ts';
import type { Figure } from './report.ts';
import type { StepTimes } from './steps.ts';
import { requests } from './traffic.ts';

/** Traffic that the batches are cut for. */
const PER_SECOND = 1000;
const PER_VISIT = 5;
const PEOPLE = 20_000;
const BUCKET = 'lake';
const tableNames = [
  'sources',
  'ledger',
  'statistics',
  'profiles',
  'products',
  'suppression',
  'segments',
  'vault',
] as const;
const base = { clock, metrics, secret: SECRET };

async function prepare(emulators: Emulators): Promise<void> {
  for (const name of tableNames) await emulators.createTable(name);
  for (const name of Object.keys(streams)) await emulators.createStream(name, 1);
  await emulators.createBucket(BUCKET);
}

/** Reads one shard from its beginning, as the platform does before it calls a function. */
class ShardReader {
  readonly #client: KinesisClient;
  readonly #name: string;
  #iterator: string | undefined;

  constructor(client: KinesisClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async next(): Promise<StreamRecord[]> {
    this.#iterator ??= (
      await this.#client.send(
        new GetShardIteratorCommand({
          StreamName: this.#name,
          ShardId: 'shardId-000000000000',
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      )
    ).ShardIterator;
    const records: StreamRecord[] = [];
    for (;;) {
      const page = await this.#client.send(new GetRecordsCommand({ ShardIterator: this.#iterator }));
      this.#iterator = page.NextShardIterator;
      if (!page.Records?.length) return records;
      for (const { SequenceNumber, PartitionKey, Data } of page.Records) {
        records.push({
          shard: 'shardId-000000000000',
          sequence: SequenceNumber ?? '',
          key: PartitionKey ?? '',
          data: decodeRecord(Data ?? new Uint8Array()),
          arrivedAt: clock.now(),
        });
      }
    }
  }
}

interface Counted {
  readonly stream: Counts;
  readonly table: Counts;
  readonly bucket: Counts;
  readonly invocations: Invocations;
}

async function drive(
  emulators: Emulators,
  scratch: string,
  perRequest: number,
  events: number,
): Promise<Counted> {
  const dynamo = new DynamoDBClient();
  const kinesis = new KinesisClient({ requestHandler: dynamo.config.requestHandler });
  const s3 = new S3Client();
  const table = (name: (typeof tableNames)[number]): AwsTable =>
    new AwsTable({ client: dynamo, name, clock });
  const stream = (name: string): AwsStream => new AwsStream({ client: kinesis, name });
  const suppression = table('suppression');
  const key = await addKey(table('sources'));
  const objects = new AwsObjects({ client: s3, bucket: BUCKET });
  const collect = makeCollect({
    services: {
      ...base,
      streams: { clickstream: stream('clickstream') },
      tables: { sources: table('sources'), suppression },
    },
    tag: '',
    healthy: () => true,
    check: makeCheck(SECRET),
  });
  const clean = makeClean({
    ...base,
    streams: { events: stream('events') },
    tables: { ledger: table('ledger'), statistics: table('statistics'), suppression, vault: table('vault') },
    objects,
  });
  const features = makeFeatures({
    ...base,
    streams: { changes: stream('changes') },
    tables: { profiles: table('profiles'), ledger: table('ledger'), suppression },
    objects,
  });
  const products = makeProducts({ ...base, streams: {}, tables: { products: table('products') } });
  const lake = new DuckLake({ objects, scratch });
  const archive = makeArchive({ ...base, streams: {}, tables: { suppression }, objects, lake });
  const score = makeScore({
    ...base,
    streams: {},
    tables: { profiles: table('profiles') },
    objects,
    endpoint: noEndpoint,
  }).step;
  const segment = makeSegment({
    ...base,
    streams: { memberships: stream('memberships') },
    tables: { profiles: table('profiles'), segments: table('segments') },
  });
  const arrived = new ShardReader(emulators.kinesis, 'clickstream');
  const cleaned = new ShardReader(emulators.kinesis, 'events');
  const changed = new ShardReader(emulators.kinesis, 'changes');
  const day = async (seed: number): Promise<Invocations> => {
    const invocations = {
      collect: 0,
      clean: 0,
      features: 0,
      archive: 0,
      products: 0,
      score: 0,
      segment: 0,
    };
    const unarchived: StreamRecord[] = [];
    const options = { people: PEOPLE, perRequest, perVisit: PER_VISIT, seed, start: Date.now() };
    for (const second of batches([...requests(events, options)], PER_SECOND / perRequest)) {
      for (const body of second) await collect(batchRequest(key, body, invocations.collect++));
      for (const batch of batches(await arrived.next(), chain.clean.trigger.batch.records)) {
        await clean(batch);
        invocations.clean++;
      }
      const records = await cleaned.next();
      for (const batch of batches(records, chain.features.trigger.batch.records)) {
        await features(batch);
        invocations.features++;
      }
      unarchived.push(...records);
    }
    for (const batch of batches(unarchived, chain.archive.trigger.batch.records)) {
      await archive(batch);
      invocations.archive++;
    }
    for (const batch of windows(unarchived, 'products', events)) {
      await products(batch);
      invocations.products++;
    }
    const changes = await changed.next();
    for (const batch of windows(changes, 'score', events)) {
      await score(batch);
      invocations.score++;
    }
    for (const batch of windows(changes, 'segment', events)) {
      await segment(batch);
      invocations.segment++;
    }
    return invocations;
  };
  // The first day tells what products are called and cost, which is written once.
  await day(perRequest + 1);
  const counts = { stream: countCalls(kinesis), table: countCalls(dynamo), bucket: countCalls(s3) };
  const invocations = await day(perRequest);
  await lake.close();
  for (const client of [dynamo, kinesis, s3]) client.destroy();
  return { ...counts, invocations };
}

/** Records as a function gets them that waits for fuller batches. */
const windows = (
  records: readonly StreamRecord[],
  name: 'products' | 'score' | 'segment',
  events: number,
): Generator<StreamRecord[]> => {
  const { batch } = chain[name].trigger;
  const count = Math.ceil(events / PER_SECOND / batch.window.aws);
  return batches(records, Math.min(batch.records, Math.ceil(records.length / count)));
};

const per = (count: number, events: number): number => count / events;

/** What `functions/api/cost/measured.ts` keeps for the console. */
const work = (perRequest: number, events: number, counted: Counted): Figure[] => {
  const { stream, table, bucket, invocations } = counted;
  const counts: Record<string, number> = {
    'stream records': stream.records,
    'stream bytes': stream.bytes,
    'stream steps of 1 KiB': stream.kilobytes,
    'stream steps of 25 KiB': stream.payloadUnits,
    'table write units': table.writeUnits,
    'table read units': table.readUnits,
    'objects written': bucket.records,
    ...Object.fromEntries(Object.entries(invocations).map(([name, n]) => [`invocations of ${name}`, n])),
  };
  return Object.entries(counts).map(([name, count]) => ({
    what: `${name}, ${perRequest} a request`,
    value: per(count, events) * 1e6,
    unit: 'per M events',
  }));
};

function figuresOf(perRequest: number, events: number, counted: Counted, bill: Bill): Figure[] {
  const at = `${perRequest} a request`;
  const calls = (counts: Counts): Figure[] =>
    Object.entries(counts.calls).map(([name, count]) => ({
      what: `${name}, ${at}`,
      value: per(count, events),
      unit: 'calls/event',
    }));
  const parts = (kind: 'onDemand' | 'provisioned'): string =>
    Object.entries(bill[kind])
      .map(([name, value]) => `${name} ${value.toFixed(3)}`)
      .join(', ');
  const total = (kind: 'onDemand' | 'provisioned'): number =>
    Object.values(bill[kind]).reduce((sum, value) => sum + value, 0);
  const aim = perRequest === 20 ? 'under 0.80' : 'under 0.30';
  return [
    ...calls(counted.stream),
    ...calls(counted.table),
    ...calls(counted.bucket),
    ...work(perRequest, events, counted),
    {
      what: `AWS, streams on demand, ${at}`,
      value: total('onDemand'),
      unit: '$/M events',
      aim,
      note: parts('onDemand'),
    },
    {
      what: `AWS, provisioned shards, ${at}`,
      value: total('provisioned'),
      unit: '$/M events',
      aim,
      note: parts('provisioned'),
    },
  ];
}

export async function cost(perRequest: number, events: number, steps: StepTimes): Promise<Figure[]> {
  using folder = testFolder();
  const emulators = await startEmulators();
  try {
    await prepare(emulators);
    const counted = await drive(emulators, folder.path, perRequest, events);
    const bill = dollars({ ...counted, events, perSecond: PER_SECOND, micros: steps.micros });
    return figuresOf(perRequest, events, counted, bill);
  } finally {
    await emulators.stop();
  }
}
