/** Reads along a stream in Kinesis. Five reads a second and shard are allowed, consumers included: ask every few seconds. */
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { StreamRecord, Tail } from '../../domain/ports.ts';
import { decodeRecord } from './stream.ts';

const RECORDS = 200;
/** A position travels in a query; of a wider stream these are shown. */
const SHARDS = 16;

/** The next iterator by shard. Iterators live for five minutes; who comes back later goes on with what is newest. */
const positionSchema = z.record(z.string(), z.string().check(z.minLength(1)));

type Start = 'LATEST' | 'TRIM_HORIZON';

interface Read {
  readonly records: readonly StreamRecord[];
  /** undefined: the shard was split or merged, and its children go on. */
  readonly next: string | undefined;
}

export class AwsTail implements Tail {
  readonly #client: KinesisClient;
  readonly #name: string;

  constructor(options: { client: KinesisClient; name: string }) {
    this.#client = options.client;
    this.#name = options.name;
  }

  /** @throws ZodError or SyntaxError for a position that is none, WellspringError `stream_unavailable`. */
  async read(position?: string): Promise<{ records: StreamRecord[]; position: string }> {
    const from = position === undefined ? undefined : positionSchema.parse(JSON.parse(position));
    try {
      return from ? await this.#after(from) : { records: [], position: await this.#begin('LATEST', []) };
    } catch (cause) {
      throw new WellspringError('stream_unavailable', 'the stream cannot be read', { cause });
    }
  }

  async #after(
    from: Readonly<Record<string, string>>,
  ): Promise<{ records: StreamRecord[]; position: string }> {
    const shards = Object.keys(from);
    const reads = await Promise.all(shards.map((shard) => this.#read(shard, from[shard] ?? '')));
    const records = reads.flatMap((read) => read.records);
    if (reads.some(({ next }) => next === undefined)) {
      return { records, position: await this.#begin('TRIM_HORIZON', shards) };
    }
    const next = Object.fromEntries(shards.map((shard, i) => [shard, reads[i]?.next ?? '']));
    return { records, position: JSON.stringify(next) };
  }

  /** Where to begin in the shards that are not `known`. */
  async #begin(start: Start, known: readonly string[]): Promise<string> {
    const { Shards = [] } = await this.#client.send(new ListShardsCommand({ StreamName: this.#name }));
    const open = Shards.filter(
      ({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined,
    );
    const shards = open.slice(0, SHARDS).map(({ ShardId = '' }) => ShardId);
    const places = shards.map(async (shard) => [
      shard,
      await this.#iterator(shard, known.includes(shard) ? 'LATEST' : start),
    ]);
    return JSON.stringify(Object.fromEntries(await Promise.all(places)));
  }

  async #iterator(shard: string, start: Start): Promise<string> {
    const command = new GetShardIteratorCommand({
      StreamName: this.#name,
      ShardId: shard,
      ShardIteratorType: start,
    });
    return (await this.#client.send(command)).ShardIterator ?? '';
  }

  async #read(shard: string, iterator: string): Promise<Read> {
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS });
    const reply = await this.#client.send(command).catch((error: unknown) => {
      if (error instanceof ExpiredIteratorException) return undefined;
      throw error;
    });
    if (!reply) return { records: [], next: await this.#iterator(shard, 'LATEST') };
    const records = (reply.Records ?? []).map((record) => ({
      shard,
      sequence: record.SequenceNumber ?? '',
      key: record.PartitionKey ?? '',
      arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
      data: decodeRecord(record.Data ?? new Uint8Array()),
    }));
    return { records, next: reply.NextShardIterator };
  }
}
