/** Counts what a client asks of its service, for the cost of an event. The adapters know nothing of it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';

const PAYLOAD_UNIT = 25 * 1024;

export interface Counts {
  /** By name of the command; a call that the client repeats counts once. */
  readonly calls: Record<string, number>;
  /** Records or objects written. */
  records: number;
  /** Bytes of data written, as stored. */
  bytes: number;
  /** Steps of 25 KiB, rounded up for each record: what a stream with a fixed number of shards bills. */
  payloadUnits: number;
  /** Steps of 1 KiB, rounded up for each record: what a stream on demand bills. */
  kilobytes: number;
  /** Of a table, as the service reports them. */
  readUnits: number;
  writeUnits: number;
  /** Writes refused by their condition. They cost write units that the service does not report. */
  conflicts: number;
}

const capacity = z.object({ CapacityUnits: z.optional(z.number()) });
const consumed = z.object({ ConsumedCapacity: z.optional(z.union([z.array(capacity), capacity])) });
const withRecords = z.object({
  Records: z.optional(z.array(z.object({ Data: z.instanceof(Uint8Array), PartitionKey: z.string() }))),
});
const withBody = z.object({ Body: z.optional(z.unknown()) });
const writes = /^(Put|Update|Delete|BatchWrite)/;

/** Begins to count the calls of this client; the result changes with every call. */
export function countCalls(client: DynamoDBClient | KinesisClient | S3Client): Counts {
  const counts: Counts = {
    calls: {},
    records: 0,
    bytes: 0,
    payloadUnits: 0,
    kilobytes: 0,
    readUnits: 0,
    writeUnits: 0,
    conflicts: 0,
  };
  if (client instanceof DynamoDBClient) countTable(client, counts);
  else if (client instanceof KinesisClient) countStream(client, counts);
  else countObjects(client, counts);
  return counts;
}

function countCall(counts: Counts, command = 'unknown'): void {
  const name = command.replace(/Command$/, '');
  counts.calls[name] = (counts.calls[name] ?? 0) + 1;
}

function countTable(client: DynamoDBClient, counts: Counts): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = context.commandName ?? '';
      countCall(counts, command);
      try {
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const units = unitsOf(result.output);
        if (writes.test(command)) counts.writeUnits += units;
        else counts.readUnits += units;
        return result;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') counts.conflicts++;
        throw error;
      }
    },
    { step: 'initialize', name: 'countCalls' },
  );
}

function unitsOf(output: unknown): number {
  const { ConsumedCapacity = [] } = consumed.parse(output);
  return [ConsumedCapacity].flat().reduce((sum, one) => sum + (one.CapacityUnits ?? 0), 0);
}

function countStream(client: KinesisClient, counts: Counts): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      countCall(counts, context.commandName);
      for (const { Data, PartitionKey } of withRecords.parse(args.input).Records ?? []) {
        const bytes = Data.length + Buffer.byteLength(PartitionKey);
        counts.records++;
        counts.bytes += bytes;
        counts.payloadUnits += Math.ceil(bytes / PAYLOAD_UNIT);
        counts.kilobytes += Math.ceil(bytes / 1024);
      }
      return next(args);
    },
    { step: 'initialize', name: 'countCalls' },
  );
}

function countObjects(client: S3Client, counts: Counts): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      countCall(counts, context.commandName);
      const { Body } = withBody.parse(args.input);
      if (Body instanceof Uint8Array) {
        counts.records++;
        counts.bytes += Body.length;
      }
      return next(args);
    },
    { step: 'initialize', name: 'countCalls' },
  );
}
