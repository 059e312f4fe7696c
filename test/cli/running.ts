/** The command as people run it: a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const main = join(import.meta.dirname, '../../local/main.ts');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function wellspring(...args: string[]): Promise<Finished> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

export interface Ready {
  readonly url: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** Asks with the secret key; the parsed body. */
  get(path: string): Promise<unknown>;
  /** Sends one event with the write key. */
  track(fields: object): Promise<number>;
  /** Ends it with a signal and resolves with the lines it logged. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; events: string[] }>;
}

/** `wellspring start --json`; resolves when it says that it is ready. */
export async function startCommand(data: string, ...args: string[]): Promise<Ready> {
  const child = spawn(process.execPath, [main, 'start', '--json', '--port', '0', '--data', data, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const events: string[] = [];
  const ready = await new Promise<Pick<Ready, 'url' | 'writeKey' | 'secretKey'>>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const entry = JSON.parse(line);
      events.push(entry.event);
      if (entry.event === 'ready') resolve(entry);
    });
    void closed.then(() => reject(new Error('it ended before it was ready')));
  });
  const { url, writeKey, secretKey } = ready;
  return {
    url,
    writeKey,
    secretKey,
    get: async (path) =>
      (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secretKey}` } })).json(),
    track: async (fields) => {
      const response = await fetch(`${url}/v1/track`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ writeKey, type: 'track', event: 'Tested', ...fields }),
      });
      await response.arrayBuffer();
      return response.status;
    },
    stop: async (signal = 'SIGINT') => {
      child.kill(signal);
      const [code] = await closed;
      return { code, events };
    },
  };
}
