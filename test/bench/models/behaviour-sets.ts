/** The behaviour network on the public session sets: settings, and the two runs of each set. */
import { defaultSessions, type SessionsConfig } from '../../../models/behaviour/train-sessions.ts';
import { type Run, runFile, runSessions } from './behaviour-runs.ts';
import type { BenchOptions } from './row.ts';
import { sampleOf, type Task } from './session-sets.ts';

/** Chosen on the newest tenth of the training sessions of each set. */
export const sessionSettings: Readonly<Record<string, SessionsConfig>> = {
  diginetica: defaultSessions,
  yoochoose1_64: defaultSessions,
};

/** Validation cases by which training is stopped; all of them would take as long as training. */
const STOP_CASES = 8000;

/** Finds the number of epochs without the newest tenth, then trains on everything for as many. */
export async function trainedSession(
  name: string,
  tasks: { readonly validation: Task; readonly test: Task },
  options: BenchOptions,
  seed: number,
): Promise<{ readonly validation: Run; readonly test: Run }> {
  const config = shortened(sessionSettings[name] ?? defaultSessions, options);
  const say = (what: string) => (line: string) => options.progress(`${name}, seed ${seed}, ${what}: ${line}`);
  const validation = await runSessions(
    runFile(options, name, true, seed),
    {
      sessions: tasks.validation.train,
      validation: sampleOf(tasks.validation.cases, STOP_CASES),
      items: tasks.validation.items,
      config,
      seed,
    },
    say('without the newest tenth'),
  );
  const epochs = validation.trained.epochs;
  const test = await runSessions(
    runFile(options, name, false, seed),
    {
      sessions: tasks.test.train,
      items: tasks.test.items,
      config: { ...config, training: { ...config.training, epochs } },
      seed,
    },
    say('on all sessions'),
  );
  return { validation, test };
}

export function shortened(config: SessionsConfig, { quick }: BenchOptions): SessionsConfig {
  return quick ? { ...config, training: { ...config.training, epochs: 1 } } : config;
}
