/** Reads along a stream in Kinesis. Five reads a second and shard are allowed, consumers included: ask every few seconds. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { Clock, StreamRecord, Tail } from '../../domain/ports.ts';
import { decodeRecord } from './stream.ts';

const RECORDS = 200;

const positionSchema = z.object({
  /** Where to begin in a shard that has no place yet, ms. */
  at: z.number(),
  shards: z.record(z.string(), z.string()),
});
type Position = z.infer<typeof positionSchema>;

export class AwsTail implements Tail {
  readonly #client: KinesisClient;
  readonly #name: string;
  readonly #clock: Clock;

  constructor(options: { client: KinesisClient; name: string; clock: Clock }) {
    this.#client = options.client;
    this.#name = options.name;
    this.#clock = options.clock;
  }

  /** @throws ZodError or SyntaxError for a position that is none, WellspringError `stream_unavailable`. */
  async read(position?: string): Promise<{ records: StreamRecord[]; position: string }> {
    if (position === undefined) {
      return { records: [], position: JSON.stringify({ at: this.#clock.now(), shards: {} }) };
    }
    const from = positionSchema.parse(JSON.parse(position));
    try {
      const { Shards = [] } = await this.#client.send(new ListShardsCommand({ StreamName: this.#name }));
      const read = await Promise.all(Shards.map(({ ShardId = '' }) => this.#shard(ShardId, from)));
      const shards = { ...from.shards };
      for (const { shard, sequence } of read.flat()) shards[shard] = sequence;
      return { records: read.flat(), position: JSON.stringify({ at: from.at, shards }) };
    } catch (cause) {
      throw new WellspringError('stream_unavailable', 'the stream cannot be read', { cause });
    }
  }

  async #shard(shard: string, from: Position): Promise<StreamRecord[]> {
    const after = from.shards[shard];
    const start: Partial<GetShardIteratorCommandInput> =
      after === undefined
        ? { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(from.at) }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after };
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        ShardIteratorType: 'LATEST',
        ...start,
        StreamName: this.#name,
        ShardId: shard,
      }),
    );
    const { Records = [] } = await this.#client.send(
      new GetRecordsCommand({ ShardIterator, Limit: RECORDS }),
    );
    return Records.map((record) => ({
      shard,
      sequence: record.SequenceNumber ?? '',
      key: record.PartitionKey ?? '',
      arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
      data: decodeRecord(record.Data ?? new Uint8Array()),
    }));
  }
}
