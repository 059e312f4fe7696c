/** Counted work -> dollars per million events at list prices. Storage, logs and data transfer are not in it. */
import { chain, type FunctionName, streams } from '../../chain.ts';
import { prices } from './prices.ts';

/**
 * The functions that an event goes through. Score and segment as they are for a tenant without models and segments: what
 * those add depends on how many there are.
 */
export type StepName = Extract<
  FunctionName,
  'collect' | 'clean' | 'archive' | 'features' | 'products' | 'score' | 'segment'
>;
export type Invocations = Readonly<Record<StepName, number>>;
/** What was asked of the platform for all events together. */
interface StreamWork {
  /** As stored. */
  readonly bytes: number;
  /** Steps of 1 KiB and of 25 KiB, rounded up for each record. */
  readonly kilobytes: number;
  readonly payloadUnits: number;
  readonly records: number;
}
/** Dollars per million events by part. */
export type Parts = Readonly<Record<'api' | 'lambda' | 'streams' | 'tables' | 'lake', number>>;

export interface Bill {
  readonly onDemand: Parts;
  readonly provisioned: Parts;
}

export interface Work {
  readonly events: number;
  /** Events per second for which shards and hours are counted. */
  readonly perSecond: number;
  readonly stream: StreamWork;
  readonly table: { readonly writeUnits: number; readonly readUnits: number };
  /** `records`: objects written. */
  readonly bucket: { readonly records: number };
  readonly invocations: Invocations;
  /** Processor time, µs per event. */
  readonly micros: Readonly<Record<StepName, number>>;
}

/** What an invocation waits for other services, s: assumed, because emulators say nothing of it. */
const WAIT: Readonly<Record<StepName, number>> = {
  collect: 0.01,
  clean: 0.03,
  features: 0.05,
  archive: 0.3,
  products: 0.05,
  score: 0.05,
  segment: 0.05,
};
const GB = 2 ** 30;
const KB = 1024;
/** Bytes of a stream are read about so often: `clickstream` by one function, `changes` by two, `events` by three. */
const READERS = 2;
const STREAMS = Object.keys(streams).length;
const SHARD_BYTES_PER_SECOND = 2 ** 20;
const SHARD_FILL = 0.7;

function lambda({ events, invocations, micros }: Work): number {
  let sum = 0;
  for (const name of Object.keys(invocations) as StepName[]) {
    const seconds = (micros[name] * events) / 1e6 + invocations[name] * WAIT[name];
    sum += invocations[name] * prices.lambdaRequest;
    sum += seconds * (chain[name].memoryMb / 1024) * prices.lambdaGbSecond;
  }
  return sum;
}

/** Prices a run and scales it to a million events. */
export function dollars(work: Work): Bill {
  const { events, perSecond, stream, table, bucket, invocations } = work;
  const million = (sum: number): number => (sum / events) * 1e6;
  const hours = 1e6 / perSecond / 3600;
  const shards = Math.max(
    STREAMS,
    Math.ceil(((stream.bytes / events) * perSecond) / (SHARD_BYTES_PER_SECOND * SHARD_FILL)),
  );
  const common = {
    api: million(invocations.collect * prices.httpRequest),
    lambda: million(lambda(work)),
    tables: million(table.writeUnits * prices.writeUnit + table.readUnits * prices.readUnit),
    lake: million(bucket.records * prices.s3Put),
  };
  const written = (stream.kilobytes * KB) / GB;
  return {
    onDemand: {
      ...common,
      streams:
        million(written * prices.onDemandGbIn + (stream.bytes / GB) * READERS * prices.onDemandGbOut) +
        STREAMS * hours * prices.streamHour,
    },
    provisioned: {
      ...common,
      streams: million(stream.payloadUnits * prices.putUnit) + shards * hours * prices.shardHour,
    },
  };
}
