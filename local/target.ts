/** Where a command goes: a named system, the host that runs on the data folder, or one started for it. */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { WellspringError } from '../domain/errors.ts';
import { credentials } from './credentials.ts';
import { files } from './files.ts';

export interface Address {
  readonly url: string;
  /** Secret key. */
  readonly key: string;
}

export interface Target extends Address {
  /** Resolves when the events are in the profiles, where that can be waited for; then stops what was started. */
  finish(onProgress: (waiting: number) => void): Promise<void>;
  /** Stops what was started without waiting; what was stored stays stored. */
  abandon(): Promise<void>;
}

export interface TargetOptions {
  readonly data: string;
  readonly url?: string | undefined;
  /** Secret key for `url`. */
  readonly key?: string | undefined;
}

const running = z.object({ url: z.string() });
const nothing = async (): Promise<void> => {};

/**
 * Finds the target. Without a url, the lock of the data folder decides whether a host runs there.
 * @throws WellspringError `invalid_settings` or `not_running`.
 */
export async function findTarget({ data, url, key }: TargetOptions): Promise<Target> {
  if (url !== undefined) {
    if (key === undefined) throw new WellspringError('invalid_settings', 'With --url, --key is needed too.');
    if (!URL.canParse(url)) throw new WellspringError('invalid_settings', '--url is not an address.');
    return { url: url.replace(/\/+$/, ''), key, finish: nothing, abandon: nothing };
  }
  try {
    // Loaded only where it is needed: it brings the whole chain along.
    const { startHost } = await import('./host.ts');
    const host = await startHost({ data, port: 0 });
    return {
      url: host.url,
      key: host.secretKey,
      finish: async (onProgress) => {
        await host.drain(onProgress);
        await host.stop();
      },
      abandon: () => host.stop(),
    };
  } catch (error) {
    if (!(error instanceof WellspringError) || error.code !== 'data_in_use') throw error;
  }
  return { ...runningHost(data), finish: nothing, abandon: nothing };
}

/** The host that runs on a data folder. @throws WellspringError `not_running`. */
export function runningHost(data: string): Address {
  const path = files.host(data);
  if (!existsSync(path)) throw new WellspringError('not_running', 'No host on this data folder is ready.');
  const { url } = running.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { url, key: credentials(data).secretKey };
}

/** Does `work` with the target, waits until the events are in the profiles, and stops what was started. */
export async function withTarget(
  options: TargetOptions,
  work: (target: Address) => Promise<void>,
): Promise<void> {
  const target = await findTarget(options);
  try {
    await work(target);
  } catch (error) {
    await target.abandon();
    throw error;
  }
  await target.finish(() => {});
}
