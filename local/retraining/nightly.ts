/** Retrains once a day while the host runs, as the schedule does on AWS. */
import { modelNames } from '../../functions/retrain/workflow.ts';
import type { Log } from '../log.ts';
import type { RetrainSettings } from './run.ts';
import { type RetrainThread, startRetrain } from './worker.ts';

const DAY_MS = 86_400_000;

export interface Nightly {
  /** Ends a run that is going; its champion stays. */
  stop(): Promise<void>;
}

/** Every day gives another seed, so that two bad draws in a row are unlikely. */
export function startNightly(
  settings: Pick<RetrainSettings, 'data' | 'secret' | 'tenant'>,
  log: Log,
): Nightly {
  let thread: RetrainThread | undefined;
  let days = 0;
  const run = async (): Promise<void> => {
    if (thread) return;
    thread = startRetrain({ ...settings, models: modelNames, seed: ++days }, () => {});
    const outcome = await thread.result;
    thread = undefined;
    if (typeof outcome === 'string') log('retrain_failed', { reason: outcome });
    for (const { model, gate, fail } of typeof outcome === 'object' ? outcome.results : []) {
      log('retrained', { model, passed: gate?.passed ?? false, failed: fail !== undefined });
    }
  };
  const timer = setInterval(() => void run(), DAY_MS).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await thread?.stop();
    },
  };
}
