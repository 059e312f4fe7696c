/** Starts the map's scheduled functions when they are due; a run that is still going is not started twice. */
import { Worker } from 'node:worker_threads';
import { entryOf, type FunctionName, functionNames } from '../functions/chain.ts';
import { codeOf } from '../functions/error-place.ts';
import { DIFFERENCE } from '../functions/reconcile/reconcile.ts';
import type { Log } from './log.ts';
import type { ScheduledCount, ScheduledSettings } from './scheduled.ts';

export interface Schedules {
  /** Runs a function now; where it already runs, once more after that. */
  run(name: FunctionName): Promise<void>;
  /** Resolves when no run is going any more. */
  stop(): Promise<void>;
}

function runOnce(settings: ScheduledSettings, log: Log): Promise<void> {
  return new Promise((done) => {
    const worker = new Worker(new URL('./scheduled.ts', import.meta.url), { workerData: settings });
    worker.on('message', ({ name, value }: ScheduledCount) => {
      if (name === DIFFERENCE && value > 0) log('books_differ', { events: value });
    });
    worker.once('error', (error) => log('attempt_failed', { function: settings.name, error: codeOf(error) }));
    worker.once('exit', () => done());
  });
}

export function startSchedules(settings: Omit<ScheduledSettings, 'name'>, log: Log): Schedules {
  const running = new Map<FunctionName, Promise<void>>();
  const start = (name: FunctionName): Promise<void> => {
    const run = runOnce({ ...settings, name }, log).finally(() => running.delete(name));
    running.set(name, run);
    return run;
  };
  const timers = functionNames.flatMap((name) => {
    const { trigger } = entryOf(name);
    if (trigger.kind !== 'schedule') return [];
    const due = (): void => {
      if (!running.has(name)) void start(name);
    };
    return [setInterval(due, trigger.everyMinutes * 60_000).unref()];
  });
  const next = new Map<FunctionName, Promise<void>>();
  return {
    run: (name) => {
      const known = next.get(name);
      if (known) return known;
      const run = (running.get(name) ?? Promise.resolve()).then(() => {
        next.delete(name);
        return start(name);
      });
      next.set(name, run);
      return run;
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(next.values());
      await Promise.all(running.values());
    },
  };
}
