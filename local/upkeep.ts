/** What a host does now and then with the files it writes: records that everybody has read go, and so do expired items. */
import { setImmediate } from 'node:timers/promises';
import { EmbeddedCheckpoints } from '../adapters/embedded/checkpoints.ts';
import {
  entryOf,
  type FunctionName,
  functionNames,
  type StreamName,
  streams,
  type TableName,
  tables,
} from '../functions/chain.ts';
import { files } from './files.ts';
import type { LocalServices } from './services.ts';

export interface UpkeepSettings {
  /** Between two rounds, ms. @default half a minute */
  readonly everyMs?: number;
  /** For which records stay after everybody has read them, ms. @default long enough to look into what just happened */
  readonly keptMs?: number;
}

export const upkeepOf = ({ everyMs = 30_000, keptMs = 10 * 60_000 }: UpkeepSettings = {}) => ({
  everyMs,
  keptMs,
});
/** Calls of one round, so that appends get their turn. */
const ROUNDS = 40;

export interface Owned {
  readonly streams: readonly StreamName[];
  readonly tables: readonly TableName[];
}

/** Each stream has one writer, and each table one that tidies it: the first in the map that writes it. */
export function ownedBy(name: FunctionName): Owned {
  const written = entryOf(name).writes;
  const first = (resource: string): boolean =>
    functionNames.find((other) => (entryOf(other).writes as readonly string[]).includes(resource)) === name;
  const names = <N extends string>(kind: string, all: readonly N[]): N[] =>
    all.filter((one) => (written as readonly string[]).includes(`${kind}:${one}`) && first(`${kind}:${one}`));
  return {
    streams: names('stream', Object.keys(streams) as StreamName[]),
    tables: names('table', Object.keys(tables) as TableName[]),
  };
}

const readersOf = (stream: StreamName): FunctionName[] =>
  functionNames.filter((name) => {
    const { trigger } = entryOf(name);
    return trigger.kind === 'stream' && trigger.stream === stream;
  });

/** Where the slowest reader of each shard has come to. */
function readThrough(data: string, stream: StreamName, shards: readonly string[]): Map<string, string> {
  const readers = readersOf(stream).map((name) => new EmbeddedCheckpoints(files.checkpoints(data, name)));
  const through = shards.map((shard): [string, string] => {
    const reached = readers.map((checkpoints) => Number(checkpoints.load(stream, shard) || 0));
    return [shard, `${Math.min(Number.MAX_SAFE_INTEGER, ...reached)}`];
  });
  for (const checkpoints of readers) checkpoints.close();
  return new Map(through);
}

/** One round over everything that this thread writes. Requests get their turn after each call; `goesOn` ends it early. */
async function tidy(
  services: LocalServices,
  data: string,
  { streams: ownStreams, tables: ownTables }: Owned,
  { keptMs, goesOn }: { readonly keptMs: number; readonly goesOn: () => boolean },
): Promise<void> {
  const before = services.clock.now() - keptMs;
  const repeat = async (remove: () => number): Promise<void> => {
    for (let round = 0; round < ROUNDS && goesOn() && remove() > 0; round++) await setImmediate();
  };
  for (const name of ownStreams) {
    if (!goesOn()) return;
    const stream = services.stream(name);
    const through = readThrough(data, name, stream.shards);
    await repeat(() => stream.trim({ before, through }));
  }
  for (const name of ownTables) await repeat(() => services.table(name).purge());
}

/** Tidies every half minute until the returned function is called; nothing is touched after that. */
export function startUpkeep(
  services: LocalServices,
  data: string,
  owned: Owned,
  {
    settings,
    onError,
  }: { readonly settings?: UpkeepSettings | undefined; readonly onError: (error: unknown) => void },
): () => void {
  const { everyMs, keptMs } = upkeepOf(settings);
  let stopped = false;
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    tidy(services, data, owned, { keptMs, goesOn: () => !stopped })
      .catch(onError)
      .finally(() => {
        running = false;
      });
  }, everyMs);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
