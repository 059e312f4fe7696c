/** A host on a folder of its own, a load generator in a process of its own, and what the host needs meanwhile. */
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import type { FunctionName } from '../../functions/chain.ts';
import { type Host, startHost } from '../../local/host.ts';
import { type LoadOptions, type LoadResult, resultSchema } from './load.ts';

export const MB = 2 ** 20;
const SAMPLE_MS = 50;

/** Tells who watches how far a benchmark is; its table goes to the standard output. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export async function withHost<T>(
  data: string,
  work: (host: Host) => Promise<T>,
  run?: readonly FunctionName[],
): Promise<T> {
  const host = await startHost({ data, port: 0, ...(run === undefined ? {} : { run }) });
  try {
    return await work(host);
  } finally {
    await host.stop();
  }
}

/** Runs the load generator and resolves with what it says. */
export function load(options: LoadOptions): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(resultSchema.parse(JSON.parse(output)));
      else reject(new Error(`the load generator ended with ${code}`));
    });
  });
}

/** Runs a sender in a process of its own and resolves with the milliseconds of each answer that it prints. */
export async function waitsOf(script: string, options: object): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)]);
  return z.array(z.number()).parse(JSON.parse(stdout));
}

/** Resident memory of this process over time. */
export class Memory {
  readonly samples: number[] = [];
  readonly #timer = setInterval(() => this.samples.push(process.memoryUsage().rss / MB), SAMPLE_MS);

  /** Ends sampling; median of the last half and the highest, MB. */
  stop(): { steady: number; peak: number } {
    clearInterval(this.#timer);
    const late = this.samples.slice(this.samples.length / 2).sort((a, b) => a - b);
    return { steady: late[Math.floor(late.length / 2)] ?? 0, peak: Math.max(0, ...this.samples) };
  }
}

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
