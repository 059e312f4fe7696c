/** A Lambda invocation by Kinesis as records of one shard, in order. */
import * as z from 'zod/mini';
import type { StreamRecord } from '../../domain/ports.ts';
import { decodeRecord } from './stream.ts';

const eventSchema = z.object({
  Records: z.array(
    z.object({
      /** `shardId-000000000000:SEQUENCE` */
      eventID: z.string(),
      kinesis: z.object({
        partitionKey: z.string(),
        sequenceNumber: z.string(),
        data: z.string(),
        /** Seconds, with fractions. */
        approximateArrivalTimestamp: z.number(),
      }),
    }),
  ),
});

/** @throws for an event of another shape, and TypeError for bytes that another writer put into the stream. */
export function toRecords(event: unknown): StreamRecord[] {
  return eventSchema.parse(event).Records.map(({ eventID, kinesis }) => ({
    shard: eventID.slice(0, eventID.indexOf(':')),
    sequence: kinesis.sequenceNumber,
    key: kinesis.partitionKey,
    data: decodeRecord(Buffer.from(kinesis.data, 'base64')),
    arrivedAt: Math.round(kinesis.approximateArrivalTimestamp * 1000),
  }));
}

/** Records of an invocation, whatever their shape; for the log. */
export const countRecords = (event: unknown): number =>
  typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records)
    ? event.Records.length
    : 0;
