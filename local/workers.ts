/** Starts a thread per stream function, tells it of new records, and stops it after its running batch. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { entryOf, type FunctionName, type StreamName } from '../functions/chain.ts';
import type { Log } from './log.ts';
import type { WorkerOrder, WorkerReport, WorkerSettings } from './worker.ts';

/**
 * Tight heaps, because several threads share one machine. Features keeps a batch's profiles for as long as the
 * batch takes: with a small nursery, they would be copied again and again.
 */
const heapOf = (name: FunctionName): ResourceLimits => ({
  maxYoungGenerationSizeMb: name === 'features' ? 24 : 12,
  maxOldGenerationSizeMb: 256,
});

export interface Workers {
  notify(stream: StreamName): void;
  /** Nobody waits for fuller batches until the streams are empty. */
  hurry(): void;
  stop(): Promise<void>;
}

interface Running {
  readonly name: FunctionName;
  readonly worker: Worker;
  readonly stopped: Promise<void>;
}

const order = (worker: Worker, message: WorkerOrder): void => worker.postMessage(message);

/** Resolves when every thread is ready. A thread that dies takes the process with it: half a chain is no chain. */
export async function startWorkers(
  names: readonly FunctionName[],
  settings: Omit<WorkerSettings, 'name'>,
  log: Log,
): Promise<Workers> {
  const running: Running[] = [];
  const notify = (stream: StreamName): void => {
    for (const { name, worker } of running) {
      const { trigger } = entryOf(name);
      if (trigger.kind === 'stream' && trigger.stream === stream) order(worker, { kind: 'notify' });
    }
  };
  const launch = (name: FunctionName): Promise<void> =>
    new Promise((ready) => {
      const workerData: WorkerSettings = { ...settings, name };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData,
        resourceLimits: heapOf(name),
      });
      const stopped = new Promise<void>((done) => worker.once('exit', () => done()));
      worker.on('message', (report: WorkerReport) => {
        if (report.kind === 'ready') ready();
        else if (report.kind === 'appended') notify(report.stream);
        else if (report.kind === 'failed') log('attempt_failed', { function: name, error: report.message });
      });
      running.push({ name, worker, stopped });
    });
  await Promise.all(names.map(launch));
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
