/** One run of a scheduled function in a thread of its own, which takes the memory it needed with it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionName } from '../functions/chain.ts';
import { makeCompact } from '../functions/compact/compact.ts';
import { LocalServices } from './services.ts';

export interface ScheduledSettings {
  readonly name: FunctionName;
  readonly data: string;
  readonly secret: string;
}

async function run({ name, data, secret }: ScheduledSettings): Promise<void> {
  if (name !== 'compact') throw new Error(`${name} has no schedule`);
  const clock = { now: (): number => Date.now() };
  const metrics = { count: (): void => {} };
  const services = new LocalServices({ data, secret, clock, metrics, onAppend: () => {} });
  const { objects, lake } = services;
  await makeCompact({ clock, metrics, secret, streams: {}, tables: {}, objects, lake })();
  await services.close();
}

if (parentPort) await run(workerData as ScheduledSettings);
