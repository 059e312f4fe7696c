/** A stream in Kinesis. */
import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import { WellspringError } from '../../domain/errors.ts';
import type { Stream, StreamEntry } from '../../domain/ports.ts';
import { decode, encode } from './compression.ts';
import { inParallel, type Pauses, realPauses, untilTaken } from './retry.ts';

/** What one call may carry. */
const CALL_RECORDS = 500;
const CALL_BYTES = 5_000_000;
const CALLS_AT_ONCE = 4;
const COMPRESS_ABOVE = 512;

interface Entry extends PutRecordsRequestEntry {
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
}

/** The data of a record as a consumer gets it from Kinesis. @throws TypeError for bytes of another writer. */
export const decodeRecord = decode;

/** The data of a record as this writer puts it. */
export const encodeRecord = (data: Uint8Array): Uint8Array => encode(data, COMPRESS_ABOVE);

export class AwsStream implements Stream {
  readonly #client: KinesisClient;
  readonly #name: string;
  readonly #pauses: Pauses;

  constructor(options: { client: KinesisClient; name: string; pauses?: Pauses }) {
    this.#client = options.client;
    this.#name = options.name;
    this.#pauses = options.pauses ?? realPauses;
  }

  /** @throws WellspringError `stream_unavailable`. */
  async append(records: readonly StreamEntry[]): Promise<void> {
    for (const round of rounds(records)) {
      await inParallel(calls(round), CALLS_AT_ONCE, async (entries) => {
        const left = await untilTaken(entries, (open) => this.#put(open), this.#pauses);
        if (left.length > 0) throw new WellspringError('stream_unavailable', 'the stream throttles');
      });
    }
  }

  /** Entries that were not stored. */
  async #put(entries: readonly Entry[]): Promise<Entry[]> {
    let results: PutRecordsResultEntry[] | undefined;
    try {
      const command = new PutRecordsCommand({ StreamName: this.#name, Records: [...entries] });
      results = (await this.#client.send(command)).Records;
    } catch (cause) {
      // The client has tried again already where that can help.
      throw new WellspringError('stream_unavailable', 'the stream refused the records', { cause });
    }
    return entries.filter((_, i) => results?.[i]?.SequenceNumber === undefined);
  }
}

/**
 * Cuts records into rounds with each key at most once, and each round is stored before the next: within
 * a call the service may store one record and refuse an earlier one, so a key that occurred twice could
 * lose its order. Packing by lane makes one round the usual case.
 */
function rounds(records: readonly StreamEntry[]): Entry[][] {
  const result: Entry[][] = [];
  const seen = new Map<string, number>();
  for (const { key, data } of records) {
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    (result[round] ??= []).push({ PartitionKey: key, Data: encodeRecord(data) });
  }
  return result;
}

/** Cuts entries into runs that one call may carry. */
function calls(entries: readonly Entry[]): Entry[][] {
  const result: Entry[][] = [];
  let size = CALL_BYTES;
  for (const entry of entries) {
    const bytes = entry.Data.length + Buffer.byteLength(entry.PartitionKey);
    let call = result.at(-1);
    if (!call || call.length === CALL_RECORDS || size + bytes > CALL_BYTES) {
      result.push((call = []));
      size = 0;
    }
    call.push(entry);
    size += bytes;
  }
  return result;
}
