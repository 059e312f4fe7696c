/** One stream function in its own thread: its services, and one consumer per shard. */
import { parentPort, workerData } from 'node:worker_threads';
import { EmbeddedCheckpoints } from '../adapters/embedded/checkpoints.ts';
import { Consumer } from '../adapters/embedded/consumer.ts';
import { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import type { StreamRecord } from '../domain/ports.ts';
import { entryOf, type FunctionName, type StreamName } from '../functions/chain.ts';
import { codeOf, framesOf } from '../functions/error-place.ts';
import { files } from './files.ts';
import { portsOf } from './ports.ts';
import { LocalServices } from './services.ts';
import { stepOf } from './steps.ts';
import { ownedBy, startUpkeep, type UpkeepSettings } from './upkeep.ts';

/** How records come to the functions, where it is not as in the map. */
export interface DeliverySettings {
  /** Records per batch, at most. */
  readonly records?: number;
  /** Wait before a failed batch comes again, at most, ms. */
  readonly longestPauseMs?: number;
}

export interface WorkerSettings {
  readonly name: FunctionName;
  readonly data: string;
  readonly secret: string;
  readonly shards: readonly string[];
  /** See {@link portsOf}. */
  readonly ports?: string | undefined;
  readonly delivery?: DeliverySettings | undefined;
  readonly upkeep?: UpkeepSettings | undefined;
  readonly loopbackWebhooks?: boolean | undefined;
}

export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'appended'; readonly stream: StreamName }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'count'; readonly name: string; readonly value: number };

export type WorkerOrder = { readonly kind: 'notify' | 'hurry' | 'stop' };

async function main(settings: WorkerSettings, port: NonNullable<typeof parentPort>): Promise<void> {
  const report = (message: WorkerReport): void => port.postMessage(message);
  const clock = { now: (): number => Date.now() };
  const { trigger } = entryOf(settings.name);
  if (trigger.kind !== 'stream') throw new Error(`${settings.name} has no stream`);
  const services = new LocalServices({
    data: settings.data,
    secret: settings.secret,
    clock,
    metrics: { count: (name, value) => report({ kind: 'count', name, value }) },
    onAppend: (stream) => report({ kind: 'appended', stream }),
    loopbackWebhooks: settings.loopbackWebhooks,
  });
  const step = stepOf(settings.name, services, await portsOf(settings.ports, settings.name));
  const failed = (error: unknown): void =>
    report({ kind: 'failed', message: [codeOf(error), ...framesOf(error)].join(' ') });
  const reader = new EmbeddedStreamReader(files.stream(settings.data, trigger.stream));
  const checkpoints = new EmbeddedCheckpoints(files.checkpoints(settings.data, settings.name));
  const { records: most = Number.POSITIVE_INFINITY, longestPauseMs } = settings.delivery ?? {};
  const consumers = settings.shards.map(
    (shard) =>
      new Consumer({
        function: settings.name,
        stream: trigger.stream,
        shard,
        batch: {
          records: Math.min(most, trigger.batch.records),
          windowSeconds: trigger.batch.window.embedded,
        },
        retry: trigger.retry,
        longestPauseMs,
        step: (records: readonly StreamRecord[]) => step(records),
        reader,
        checkpoints,
        failures: services.objects,
        clock,
        random: Math.random,
        onError: failed,
      }),
  );
  const { streams, tables } = ownedBy(settings.name);
  const stopUpkeep = startUpkeep(
    services,
    settings.data,
    { streams, tables },
    { settings: settings.upkeep, onError: failed },
  );
  const stop = async (): Promise<void> => {
    stopUpkeep();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await services.close();
    reader.close();
    checkpoints.close();
    report({ kind: 'stopped' });
    port.close();
  };
  port.on('message', (order: WorkerOrder) => {
    if (order.kind === 'stop') void stop();
    else for (const consumer of consumers) consumer[order.kind]();
  });
  for (const consumer of consumers) consumer.start();
  report({ kind: 'ready' });
}

if (parentPort) await main(workerData as WorkerSettings, parentPort);
