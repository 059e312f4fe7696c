/** The stream functions of one thread: their services, and one consumer per function and shard. */
import { parentPort, workerData } from 'node:worker_threads';
import { EmbeddedCheckpoints } from '../adapters/embedded/checkpoints.ts';
import { Consumer } from '../adapters/embedded/consumer.ts';
import { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import type { StreamRecord } from '../domain/ports.ts';
import { entryOf, type FunctionName, type StreamName } from '../functions/chain.ts';
import { codeOf, framesOf } from '../functions/error-place.ts';
import { files } from './files.ts';
import { portsOf } from './ports.ts';
import { giveWay } from './priority.ts';
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
  readonly names: readonly FunctionName[];
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
  | { readonly kind: 'failed'; readonly function: FunctionName; readonly message: string }
  | { readonly kind: 'count'; readonly name: string; readonly value: number };

export type WorkerOrder = { readonly kind: 'notify' | 'hurry' | 'stop' };

async function main(settings: WorkerSettings, port: NonNullable<typeof parentPort>): Promise<void> {
  // The others together take less than features alone: left to themselves they finish first, and a processor stands idle.
  if (!settings.names.includes('features')) giveWay();
  const report = (message: WorkerReport): void => port.postMessage(message);
  const services = new LocalServices({
    data: settings.data,
    secret: settings.secret,
    clock: { now: (): number => Date.now() },
    metrics: { count: (name, value) => report({ kind: 'count', name, value }) },
    keeps: settings.names.flatMap((name) => ownedBy(name).tables),
    onAppend: (stream) => report({ kind: 'appended', stream }),
    loopbackWebhooks: settings.loopbackWebhooks,
  });
  const delivered: Delivered[] = [];
  for (const name of settings.names) delivered.push(await deliver(name, settings, services, report));
  const stop = async (): Promise<void> => {
    for (const one of delivered) await one.stop();
    await services.close();
    report({ kind: 'stopped' });
    port.close();
  };
  port.on('message', (order: WorkerOrder) => {
    if (order.kind === 'stop') void stop();
    else for (const { consumers } of delivered) for (const consumer of consumers) consumer[order.kind]();
  });
  for (const { consumers } of delivered) for (const consumer of consumers) consumer.start();
  report({ kind: 'ready' });
}

interface Delivered {
  readonly consumers: readonly Consumer[];
  /** Resolves when the running batches are done. */
  stop(): Promise<void>;
}

async function deliver(
  name: FunctionName,
  { data, ports, shards, delivery, upkeep }: WorkerSettings,
  services: LocalServices,
  report: (message: WorkerReport) => void,
): Promise<Delivered> {
  const { trigger } = entryOf(name);
  if (trigger.kind !== 'stream') throw new Error(`${name} has no stream`);
  const step = await stepOf(name, services, await portsOf(ports, name));
  const failed = (error: unknown): void =>
    report({ kind: 'failed', function: name, message: [codeOf(error), ...framesOf(error)].join(' ') });
  const reader = new EmbeddedStreamReader(files.stream(data, trigger.stream));
  const checkpoints = new EmbeddedCheckpoints(files.checkpoints(data, name));
  const { records: most = Number.POSITIVE_INFINITY, longestPauseMs } = delivery ?? {};
  const consumers = shards.map(
    (shard) =>
      new Consumer({
        function: name,
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
        clock: services.clock,
        random: Math.random,
        onError: failed,
      }),
  );
  const stopUpkeep = startUpkeep(services, data, ownedBy(name), { settings: upkeep, onError: failed });
  return {
    consumers,
    stop: async () => {
      stopUpkeep();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      reader.close();
      checkpoints.close();
    },
  };
}

if (parentPort) await main(workerData as WorkerSettings, parentPort);
