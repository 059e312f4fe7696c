/** How far each stream function has come, one small item per function and shard. */
import * as z from 'zod/mini';
import type { StreamRecord, Table, Write } from './ports.ts';

const progressSchema = z.object({
  function: z.string(),
  stream: z.string(),
  shard: z.string(),
  sequence: z.string(),
  /** When the stream took the newest record that is done, ms. */
  arrivedAt: z.number(),
  /** When it was done, ms. `doneAt - arrivedAt` is the lag. */
  doneAt: z.number(),
  /** Records in the last batch. */
  records: z.number(),
});

export type Progress = z.infer<typeof progressSchema>;

const PARTITION = '#progress';

/** The write that says a batch is done, to go out with the ledger's. Last writer wins: this is a gauge, not an account. */
export function progressWrite(
  where: { function: string; stream: string },
  last: StreamRecord,
  records: number,
  now: number,
): Write {
  const value: Progress = {
    ...where,
    shard: last.shard,
    sequence: last.sequence,
    arrivedAt: last.arrivedAt,
    doneAt: now,
    records,
  };
  const data = new TextEncoder().encode(JSON.stringify(value));
  return { pk: PARTITION, sk: `${where.function}#${last.shard}`, data };
}

/** All gauges, in order of function and shard. */
export async function readProgress(table: Table): Promise<Progress[]> {
  const { items } = await table.query({ pk: PARTITION, limit: 1000 });
  return items.map((item) => progressSchema.parse(JSON.parse(new TextDecoder().decode(item.data))));
}
