/** Runs the map's workflows at their hour while the host runs, as the schedule does on AWS. */
import { type WorkflowName, workflows } from '../../functions/chain.ts';
import { modelNames } from '../../functions/retrain/workflow.ts';
import { namesOf } from '../../functions/uses.ts';
import type { Log } from '../log.ts';
import { type RetrainProcess, startRetrain } from './process.ts';
import type { RetrainSettings } from './run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Nightly {
  /** Ends runs that are going; their champions stay. */
  stop(): Promise<void>;
}

type HostSettings = Pick<RetrainSettings, 'data' | 'secret' | 'tenant'>;

/** How each workflow of the map runs on one machine, in a process of its own. */
const starts: Readonly<Record<WorkflowName, (settings: HostSettings) => RetrainProcess>> = {
  retrain: (settings) => startRetrain({ ...settings, models: modelNames }, () => {}),
};

/** ms from `now` to the next time that the clock of UTC shows this hour. */
export function untilHour(hour: number, now: number): number {
  const today = Math.floor(now / DAY_MS) * DAY_MS + hour * HOUR_MS;
  return (today > now ? today : today + DAY_MS) - now;
}

async function report({ result }: RetrainProcess, log: Log): Promise<void> {
  const outcome = await result;
  if (typeof outcome === 'string') log('retrain_failed', { reason: outcome });
  for (const { model, gate, fail } of typeof outcome === 'object' ? outcome.results : []) {
    log('retrained', { model, passed: gate?.passed ?? false, failed: fail !== undefined });
  }
}

export function startNightly(settings: HostSettings, now: () => number, log: Log): Nightly {
  const timers = new Map<WorkflowName, NodeJS.Timeout>();
  const running = new Set<RetrainProcess>();
  const wait = (name: WorkflowName): void => {
    const due = async (): Promise<void> => {
      const run = starts[name](settings);
      running.add(run);
      await report(run, log);
      running.delete(run);
      wait(name);
    };
    timers.set(name, setTimeout(() => void due(), untilHour(workflows[name].dailyAt, now())).unref());
  };
  for (const name of namesOf(workflows)) wait(name);
  return {
    stop: async () => {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const run of running) await run.stop();
    },
  };
}
