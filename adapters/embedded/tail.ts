/** Reads along a stream's file. */
import * as z from 'zod/mini';
import type { StreamRecord, Tail } from '../../domain/ports.ts';
import type { EmbeddedStreamReader } from './stream-reader.ts';

/** Of one shard and one call: who watches cannot follow more. */
const RECORDS = 200;
const BYTES = 1_000_000;

const positionSchema = z.record(z.string(), z.string().check(z.regex(/^\d{0,16}$/)));

export class EmbeddedTail implements Tail {
  readonly #reader: EmbeddedStreamReader;

  constructor(reader: EmbeddedStreamReader) {
    this.#reader = reader;
  }

  /** @throws ZodError or SyntaxError for a position that is none, WellspringError `stream_unavailable`. */
  async read(position?: string): Promise<{ records: StreamRecord[]; position: string }> {
    const after = position === undefined ? undefined : positionSchema.parse(JSON.parse(position));
    const next: Record<string, string> = {};
    const records = this.#reader.shards().flatMap((shard) => {
      const head = this.#reader.head(shard);
      const from = after ? (after[shard] ?? '') : head;
      // Who fell far behind sees the newest, not the oldest.
      const start = Math.max(Number(from), Number(head) - RECORDS);
      const found = this.#reader.read(shard, `${start}`, RECORDS, BYTES);
      next[shard] = found.at(-1)?.sequence ?? `${start}`;
      return found;
    });
    return { records, position: JSON.stringify(next) };
  }
}
