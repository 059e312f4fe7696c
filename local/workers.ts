/** Starts the threads of the stream functions, tells them of new records, and stops them after their running batches. */
import { setFlagsFromString } from 'node:v8';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { WellspringError } from '../domain/errors.ts';
import { entryOf, type FunctionName, type StreamName } from '../functions/chain.ts';
import { codeOf } from '../functions/error-place.ts';
import { compiled } from './compiled.ts';
import { flags } from './lean.ts';
import type { Log } from './log.ts';
import type { WorkerOrder, WorkerReport, WorkerSettings } from './worker.ts';

/** Functions that share a thread: nobody waits for what they do, and every thread takes some 30 MB. */
const shared: readonly (readonly FunctionName[])[] = [
  ['archive', 'products'],
  ['score', 'segment', 'deliver'],
];

/** Which functions run in which thread, in the order of the map. */
function threadsOf(names: readonly FunctionName[]): FunctionName[][] {
  const groups = new Map<unknown, FunctionName[]>();
  for (const name of names) {
    const key = shared.find((group) => group.includes(name)) ?? name;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

/**
 * Small nurseries, because several threads share one machine. Features keeps a run's profiles for as long as the run takes:
 * with a small nursery, they would be copied again and again. The less old objects may take, the sooner V8 collects them:
 * with 256 MB a quarter of the processor time went to its helpers, with 2 GB a fifth.
 */
const heapOf = (names: readonly FunctionName[]): ResourceLimits => ({
  maxYoungGenerationSizeMb: names.includes('features') ? 20 : 12,
  maxOldGenerationSizeMb: 2000,
});

export interface Workers {
  notify(stream: StreamName): void;
  /** Nobody waits for fuller batches until the streams are empty. */
  hurry(): void;
  stop(): Promise<void>;
}

interface Running {
  readonly names: readonly FunctionName[];
  readonly worker: Worker;
  readonly stopped: Promise<void>;
}

const order = (worker: Worker, message: WorkerOrder): void => worker.postMessage(message);

/**
 * Resolves when every thread is ready. Half a chain is no chain: when a thread dies, that is logged and `onDeath` is told.
 * @throws WellspringError `function_died` when one dies before it is ready.
 */
export async function startWorkers(
  names: readonly FunctionName[],
  settings: Omit<WorkerSettings, 'names'>,
  log: Log,
  onDeath: (error: WellspringError) => void,
): Promise<Workers> {
  const running: Running[] = [];
  const notify = (stream: StreamName): void => {
    for (const { names: read, worker } of running) {
      const reads = read.some((name) => {
        const { trigger } = entryOf(name);
        return trigger.kind === 'stream' && trigger.stream === stream;
      });
      if (reads) order(worker, { kind: 'notify' });
    }
  };
  const launch = (group: readonly FunctionName[]): Promise<void> =>
    new Promise((ready, fail) => {
      const workerData: WorkerSettings = { ...settings, names: group };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData,
        env: { NODE_COMPILE_CACHE: compiled, ...process.env },
        resourceLimits: heapOf(group),
      });
      const stopped = new Promise<void>((done) => worker.once('exit', () => done()));
      worker.once('error', (error) => {
        const died = deathOf(group, error);
        log('function_died', { function: group.join(','), error: causeOf(error) });
        fail(died);
        onDeath(died);
      });
      worker.on('message', (report: WorkerReport) => {
        if (report.kind === 'ready') ready();
        else if (report.kind === 'appended') notify(report.stream);
        else if (report.kind === 'failed')
          log('attempt_failed', { function: report.function, error: report.message });
      });
      running.push({ names: group, worker, stopped });
    });
  // A small nursery for the main thread would overrule the limits of the others.
  if (flags.some((flag) => process.execArgv.includes(flag))) setFlagsFromString('--max-semi-space-size=0');
  await Promise.all(threadsOf(names).map(launch)).catch(async (error: unknown) => {
    await Promise.all(running.map(({ worker }) => worker.terminate()));
    throw error;
  });
  return {
    notify,
    hurry: () => {
      for (const { worker } of running) order(worker, { kind: 'hurry' });
    },
    stop: async () => {
      // In the order of the map: what an earlier function still emits finds the later one stopped and waits in its stream.
      for (const { worker, stopped } of running) {
        order(worker, { kind: 'stop' });
        await stopped;
      }
    },
  };
}

/** Node's own code, such as `ERR_WORKER_OUT_OF_MEMORY`, says more than the error's name. */
const causeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error);

const deathOf = (names: readonly FunctionName[], cause: unknown): WellspringError =>
  new WellspringError('function_died', `${names.join(' and ')} ended: ${causeOf(cause)}.`, { cause });
