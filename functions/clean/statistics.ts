/**
 * Running statistics of the fields that the rules mention, per source, event name and field of one tenant.
 * Pure and mergeable: parts collected anywhere join into the same whole.
 */
import * as z from 'zod/mini';
import { tag32 } from '../../domain/ids.ts';
import { FieldSummary, summarySchema } from './field-summary.ts';
import { type Row, Sample } from './nearest.ts';

/** Fields per tenant, and kinds of event with a sample. */
export const FIELDS = 500;
const SAMPLES = 50;

const SEPARATOR = '\u0000';
const keyOf = (...parts: readonly string[]): string => parts.join(SEPARATOR);

/** Keeps the keys that hash lowest: the same ones, whatever the order in which keys turn up. */
class Bounded<T> {
  readonly entries = new Map<string, T>();
  readonly #limit: number;
  /** The key that would have to go next, and its rank. */
  #highest: { key: string; rank: number } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The entry of a key, made if there is room; undefined when others come before it. */
  open(key: string, make: () => T): T | undefined {
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const rank = tag32(key);
    if (this.entries.size >= this.#limit) {
      const highest = (this.#highest ??= this.#find());
      if (highest && (rank > highest.rank || (rank === highest.rank && key > highest.key))) return undefined;
      if (highest) this.entries.delete(highest.key);
    }
    this.#highest = undefined;
    const made = make();
    this.entries.set(key, made);
    return made;
  }

  #find(): { key: string; rank: number } | undefined {
    let highest: { key: string; rank: number } | undefined;
    for (const key of this.entries.keys()) {
      const rank = tag32(key);
      if (!highest || rank > highest.rank || (rank === highest.rank && key > highest.key))
        highest = { key, rank };
    }
    return highest;
  }
}

const storedSchema = z.object({
  version: z.literal(1),
  fields: z.array(z.tuple([z.string(), summarySchema])),
  samples: z.array(
    z.tuple([
      z.string(),
      z.array(
        z.object({
          rank: z.number(),
          messageId: z.string(),
          row: z.record(z.string(), z.union([z.number(), z.string()])),
        }),
      ),
    ]),
  ),
});

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

export class FieldStatistics {
  readonly #fields = new Bounded<FieldSummary>(FIELDS);
  readonly #samples = new Bounded<Sample>(SAMPLES);

  /** True when nothing was observed. */
  get empty(): boolean {
    return this.#fields.entries.size === 0 && this.#samples.entries.size === 0;
  }

  observe(source: string, event: string, field: string, value: number | string): void {
    this.#fields.open(keyOf(source, event, field), () => new FieldSummary())?.observe(value);
  }

  observeMissing(source: string, event: string, field: string): void {
    this.#fields.open(keyOf(source, event, field), () => new FieldSummary())?.observeMissing();
  }

  /** Offers an event's fields to the sample that `nearest` fills from. */
  observeRow(source: string, event: string, messageId: string, row: Row): void {
    this.#samples.open(keyOf(source, event), () => new Sample())?.add(messageId, row);
  }

  summary(source: string, event: string, field: string): FieldSummary | undefined {
    return this.#fields.entries.get(keyOf(source, event, field));
  }

  sample(source: string, event: string): Sample | undefined {
    return this.#samples.entries.get(keyOf(source, event));
  }

  /** Adds what another part has seen. */
  merge(other: FieldStatistics): void {
    for (const [key, summary] of other.#fields.entries) {
      this.#fields.open(key, () => new FieldSummary())?.merge(summary);
    }
    for (const [key, sample] of other.#samples.entries) {
      const own = this.#samples.open(key, () => new Sample());
      for (const row of sample.rows) own?.insert(row);
    }
  }

  /** As bytes for a table. */
  encode(): Uint8Array {
    const stored: z.infer<typeof storedSchema> = {
      version: 1,
      fields: [...this.#fields.entries]
        .map(([key, summary]): [string, ReturnType<FieldSummary['toStored']>] => [key, summary.toStored()])
        .toSorted(byKey),
      samples: [...this.#samples.entries]
        .map(([key, sample]): [string, Sample['rows']] => [key, sample.rows])
        .toSorted(byKey),
    };
    return new TextEncoder().encode(JSON.stringify(stored));
  }

  /** @throws when the bytes are not what {@link encode} wrote. */
  static decode(bytes: Uint8Array): FieldStatistics {
    const stored = storedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const statistics = new FieldStatistics();
    for (const [key, summary] of stored.fields) {
      statistics.#fields.open(key, () => FieldSummary.fromStored(summary));
    }
    for (const [key, rows] of stored.samples) {
      const sample = statistics.#samples.open(key, () => new Sample());
      for (const row of rows) sample?.insert(row);
    }
    return statistics;
  }
}
