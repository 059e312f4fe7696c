/** Starts, kills and asks the system under proof. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type FaultSettings, SETTINGS } from './faults.ts';

const readySchema = z.object({
  kind: z.literal('ready'),
  url: z.string(),
  writeKey: z.string(),
  secretKey: z.string(),
});
export type Ready = z.infer<typeof readySchema>;

const drainedSchema = z.object({
  kind: z.literal('drained'),
  report: z.object({
    totals: z.record(z.string(), z.number()),
    reasons: z.record(z.string(), z.number()),
    inFlight: z.number(),
  }),
});
export type Books = z.infer<typeof drainedSchema>['report'];

export class SystemUnderProof {
  readonly #data: string;
  readonly #faults: FaultSettings;
  #child: ChildProcess | undefined;
  #port = 0;
  ready: Ready | undefined;

  constructor(data: string, faults: FaultSettings) {
    this.#data = data;
    this.#faults = faults;
  }

  /** Resolves when it answers; returns how long that took, ms. Later starts take the port of the first. */
  async start(): Promise<number> {
    const begun = performance.now();
    const child = fork(
      join(import.meta.dirname, 'system.ts'),
      [JSON.stringify({ data: this.#data, port: this.#port })],
      {
        env: { ...process.env, [SETTINGS]: JSON.stringify(this.#faults) },
      },
    );
    this.#child = child;
    this.ready = await this.#message(child, readySchema);
    this.#port = Number(new URL(this.ready.url).port);
    return performance.now() - begun;
  }

  /** Ends it between two instructions. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.ready = undefined;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async drain(): Promise<Books> {
    const child = this.#running();
    child.send('drain');
    return (await this.#message(child, drainedSchema)).report;
  }

  async stop(): Promise<void> {
    const child = this.#running();
    const ended = once(child, 'exit');
    child.send('stop');
    await ended;
    this.ready = undefined;
  }

  #running(): ChildProcess {
    if (!this.#child) throw new Error('the system was not started');
    return this.#child;
  }

  /** @throws Error when it ends instead. */
  async #message<T extends z.ZodMiniType>(child: ChildProcess, schema: T): Promise<z.infer<T>> {
    const given = new AbortController();
    const { signal } = given;
    try {
      const [message] = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the system ended'))),
      ]);
      return schema.parse(message);
    } finally {
      given.abort();
    }
  }
}
