/** How far each stream function has come, one small item per function and shard. */
import * as z from 'zod/mini';
import type { StreamRecord, Table } from './ports.ts';

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

/** Notes that a batch is done. Last writer wins: this is a gauge, not an account. */
export async function noteProgress(
  table: Table,
  where: { function: string; stream: string },
  records: readonly StreamRecord[],
  now: number,
): Promise<void> {
  const last = records.at(-1);
  if (!last) return;
  const value: Progress = {
    ...where,
    shard: last.shard,
    sequence: last.sequence,
    arrivedAt: last.arrivedAt,
    doneAt: now,
    records: records.length,
  };
  const data = new TextEncoder().encode(JSON.stringify(value));
  await table.put([{ pk: PARTITION, sk: `${where.function}#${last.shard}`, data }]);
}

/** All gauges, in order of function and shard. */
export async function readProgress(table: Table): Promise<Progress[]> {
  const { items } = await table.query({ pk: PARTITION, limit: 1000 });
  return items.map((item) => progressSchema.parse(JSON.parse(new TextDecoder().decode(item.data))));
}
