/** One run of a scheduled function in a thread of its own, which takes the memory it needed with it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Metrics } from '../domain/ports.ts';
import type { FunctionName } from '../functions/chain.ts';
import { makeCompact } from '../functions/compact/compact.ts';
import { makeForget } from '../functions/forget/forget.ts';
import type { ForgetServices } from '../functions/forget/work.ts';
import { makeReconcile } from '../functions/reconcile/reconcile.ts';
import { makeRedeliver } from '../functions/redeliver/redeliver.ts';
import { makeSweep } from '../functions/sweep/sweep.ts';
import { forgetServices } from './forget.ts';
import { LocalServices } from './services.ts';
import type { UpkeepSettings } from './upkeep.ts';

export interface ScheduledSettings {
  readonly name: FunctionName;
  readonly data: string;
  readonly secret: string;
  readonly upkeep?: UpkeepSettings | undefined;
  readonly loopbackWebhooks?: boolean | undefined;
}

/** What a run counted, for the log of the host. */
export interface ScheduledCount {
  readonly name: string;
  readonly value: number;
}

async function run({ name, ...settings }: ScheduledSettings, port: typeof parentPort): Promise<void> {
  const clock = { now: (): number => Date.now() };
  const metrics: Metrics = {
    count: (counted, value) => port?.postMessage({ name: counted, value } satisfies ScheduledCount),
  };
  const services = new LocalServices({ ...settings, clock, metrics, onAppend: () => {} });
  const step = await stepOf(name, services, () => forgetServices(services, settings.data, settings.upkeep));
  await step();
  await services.close();
}

/** @throws for a function that no clock triggers. */
async function stepOf(
  name: FunctionName,
  local: LocalServices,
  forgetting: () => Promise<ForgetServices>,
): Promise<() => Promise<unknown>> {
  const { clock, metrics, secret } = local;
  const base = { clock, metrics, secret };
  switch (name) {
    case 'compact':
      return makeCompact({
        ...base,
        streams: {},
        tables: { suppression: local.table('suppression') },
        objects: local.objects,
        lake: await local.lake(),
      });
    case 'sweep':
      return makeSweep({
        ...base,
        streams: { memberships: local.stream('memberships') },
        tables: { profiles: local.table('profiles'), segments: local.table('segments') },
      });
    case 'forget':
      return makeForget(await forgetting());
    case 'redeliver':
      return makeRedeliver({
        ...base,
        streams: {},
        tables: {
          destinations: local.table('destinations'),
          profiles: local.table('profiles'),
          suppression: local.table('suppression'),
          vault: local.table('vault'),
        },
        objects: local.objects,
        sender: await local.sender(),
        random: Math.random,
      });
    case 'reconcile':
      return makeReconcile({ ...base, streams: {}, tables: { ledger: local.table('ledger') } });
    default:
      throw new Error(`${name} has no schedule`);
  }
}

if (parentPort) await run(workerData as ScheduledSettings, parentPort);
