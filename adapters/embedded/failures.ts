/** The record of an invocation that was given up, in the shape in which Lambda writes it to a bucket. */
import type { Objects, StreamRecord } from '../../domain/ports.ts';

export interface FailedInvocation {
  readonly function: string;
  readonly stream: string;
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly condition: 'RetryAttemptsExhausted' | 'MaximumRecordAgeExceeded';
  readonly invokeCount: number;
  /** ms since the epoch. */
  readonly at: number;
  /** Makes the key unique. */
  readonly id: string;
}

/** Writes `failures/<function>/<yyyy-mm-dd>/<time>-<shard>-<first sequence>-<id>.json`. */
export async function writeFailure(objects: Objects, failed: FailedInvocation): Promise<void> {
  const time = new Date(failed.at).toISOString();
  const first = failed.records[0];
  const name = `${time.replaceAll(':', '.')}-${first.shard}-${first.sequence}-${failed.id}.json`;
  const body = new TextEncoder().encode(JSON.stringify(invocationRecord(failed, time)));
  await objects.put(`failures/${failed.function}/${time.slice(0, 10)}/${name}`, body);
}

function invocationRecord(failed: FailedInvocation, time: string): unknown {
  const first = failed.records[0];
  const last = failed.records.at(-1) ?? first;
  return {
    requestContext: {
      requestId: failed.id,
      functionArn: `embedded:function:${failed.function}`,
      condition: failed.condition,
      approximateInvokeCount: failed.invokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: time,
    KinesisBatchInfo: {
      shardId: first.shard,
      startSequenceNumber: first.sequence,
      endSequenceNumber: last.sequence,
      approximateArrivalOfFirstRecord: new Date(first.arrivedAt).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrivedAt).toISOString(),
      batchSize: failed.records.length,
      streamArn: `embedded:stream:${failed.stream}`,
    },
    payload: JSON.stringify({ Records: failed.records.map((record) => eventRecord(failed.stream, record)) }),
  };
}

function eventRecord(stream: string, record: StreamRecord): unknown {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.key,
      sequenceNumber: record.sequence,
      data: Buffer.from(record.data).toString('base64'),
      approximateArrivalTimestamp: record.arrivedAt / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${record.shard}:${record.sequence}`,
    eventName: 'aws:kinesis:record',
    eventSourceARN: `embedded:stream:${stream}`,
  };
}
