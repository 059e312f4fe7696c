import type { StreamRecord } from '../domain/ports.ts';

/**
 * What a stream function answers. `failedFrom`: the lowest sequence number that must be delivered again;
 * absent when the whole batch is done. Everything after it is delivered again too.
 */
export interface StreamResult {
  readonly failedFrom?: string;
}

/** One shard's records in order. Throwing means: deliver the whole batch again. */
export type StreamStep<S> = (records: readonly StreamRecord[], services: S) => Promise<StreamResult>;
