/** `GET /api/pipeline`: how far each stream function has come, and how much came in. */
import * as z from 'zod/mini';
import { type Progress, readProgress } from '../../domain/progress.ts';
import { minutesReply, readMinutes } from './minutes.ts';
import { described, optional } from './parameters.ts';
import type { Answer, Call, Waiting } from './route.ts';

export const pipelineReply = z.object({
  at: z.iso.datetime(),
  runsOn: described('where the chain runs: serverless, or as one process', z.enum(['aws', 'machine'])),
  minutes: minutesReply,
  functions: z.array(
    z.object({
      function: z.string(),
      stream: z.string(),
      secondsBehind: described('of its slowest shard', z.number()),
      waiting: described('records it has not done yet, where the host can tell', z.optional(z.number())),
      shards: z.array(
        z.object({
          shard: z.string(),
          lastRecordAt: described(
            'when the stream took the newest record that is done',
            z.optional(z.iso.datetime()),
          ),
          lastDoneAt: z.optional(z.iso.datetime()),
          secondsBehind: described(
            'age of the oldest waiting record; where the host cannot tell, how long the last one waited',
            z.number(),
          ),
          waiting: z.optional(z.number()),
        }),
      ),
    }),
  ),
});

type PipelineReply = z.output<typeof pipelineReply>;
type Shard = PipelineReply['functions'][number]['shards'][number];

interface Gauge {
  readonly function: string;
  readonly stream: string;
  readonly shard: string;
  progress?: Progress;
  waiting?: Waiting;
}

const iso = (ms: number): string => new Date(ms).toISOString();

export async function readPipeline({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<PipelineReply>> {
  const now = services.clock.now();
  const { ledger } = services.tables;
  const [progress, minutes] = await Promise.all([readProgress(ledger), readMinutes(ledger, tenant, now)]);
  const functions = new Map<string, { function: string; stream: string; shards: Shard[] }>();
  for (const gauge of gauges(progress, services.pending?.() ?? [])) {
    const key = `${gauge.function}#${gauge.stream}`;
    const entry = functions.get(key) ?? { function: gauge.function, stream: gauge.stream, shards: [] };
    entry.shards.push(shardOf(gauge, now));
    functions.set(key, entry);
  }
  const { runsOn } = services;
  return { value: { at: iso(now), runsOn, minutes, functions: [...functions.values()].map(summed) } };
}

/** Joins what was done with what waits; either may know shards that the other does not. */
function gauges(progress: readonly Progress[], pending: readonly Waiting[]): Gauge[] {
  const all = new Map<string, Gauge>();
  const at = (place: { function: string; stream: string; shard: string }): Gauge => {
    const key = `${place.function}#${place.stream}#${place.shard}`;
    const gauge = all.get(key) ?? { function: place.function, stream: place.stream, shard: place.shard };
    all.set(key, gauge);
    return gauge;
  };
  for (const done of progress) at(done).progress = done;
  for (const waiting of pending) at(waiting).waiting = waiting;
  return [...all.values()];
}

function shardOf({ shard, progress, waiting }: Gauge, now: number): Shard {
  const behind = waiting
    ? now - (waiting.oldest ?? now)
    : progress
      ? progress.doneAt - progress.arrivedAt
      : 0;
  return {
    shard,
    ...(progress && { lastRecordAt: iso(progress.arrivedAt), lastDoneAt: iso(progress.doneAt) }),
    secondsBehind: Math.max(0, behind) / 1000,
    ...optional('waiting', waiting?.records),
  };
}

function summed(entry: {
  function: string;
  stream: string;
  shards: Shard[];
}): PipelineReply['functions'][number] {
  const known = entry.shards.flatMap(({ waiting }) => waiting ?? []);
  return {
    function: entry.function,
    stream: entry.stream,
    secondsBehind: Math.max(...entry.shards.map((shard) => shard.secondsBehind)),
    ...(known.length > 0 ? { waiting: known.reduce((sum, n) => sum + n, 0) } : {}),
    shards: entry.shards,
  };
}
