/** One process of the system under proof, from its start to its death. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type FaultSettings, SETTINGS } from './settings.ts';

const readySchema = z.object({
  kind: z.literal('ready'),
  url: z.string(),
  writeKey: z.string(),
  secretKey: z.string(),
  noisyKey: z.string(),
});
export type Ready = z.infer<typeof readySchema>;

const booksSchema = z.object({
  totals: z.record(z.string(), z.number()),
  reasons: z.record(z.string(), z.number()),
  inFlight: z.number(),
});
export type Books = z.infer<typeof booksSchema>;

const messageSchema = z.discriminatedUnion('kind', [
  readySchema,
  z.object({ kind: z.literal('waiting'), records: z.number() }),
  z.object({ kind: z.literal('drained'), report: booksSchema }),
]);

export interface LifeOptions {
  readonly data: string;
  /** Records per batch, at most. */
  readonly batchRecords: number;
  readonly faults: FaultSettings;
}

export class Life {
  /** Resolves when it answers requests; with undefined when it died before. */
  readonly ready: Promise<Ready | undefined>;
  /** Whether it was killed; otherwise it ended by itself. */
  readonly killed: Promise<boolean>;
  readonly #child: ChildProcess;
  #drained: (books: Books) => void = () => {};
  #waiting: (records: number) => void = () => {};

  constructor({ data, batchRecords, faults }: LifeOptions) {
    const child = fork(join(import.meta.dirname, 'system.ts'), [JSON.stringify({ data, batchRecords })], {
      env: { ...process.env, [SETTINGS]: JSON.stringify(faults) },
    });
    this.#child = child;
    this.killed = new Promise((resolve) => {
      child.once('exit', (_code, signal) => resolve(signal === 'SIGKILL'));
    });
    const answering = new Promise<Ready>((resolve) => {
      child.on('message', (sent) => {
        const message = messageSchema.parse(sent);
        if (message.kind === 'ready') resolve(message);
        else if (message.kind === 'drained') this.#drained(message.report);
        else this.#waiting(message.records);
      });
    });
    this.ready = Promise.race([answering, this.killed.then(() => undefined)]);
  }

  /** Resolves when nothing waits in its streams; with undefined when it died before. `onWaiting` gets records. */
  drain(onWaiting: (records: number) => void): Promise<Books | undefined> {
    this.#waiting = onWaiting;
    const drained = new Promise<Books>((resolve) => {
      this.#drained = resolve;
    });
    this.#send('drain');
    return Promise.race([drained, this.killed.then(() => undefined)]);
  }

  /** Ends it between two instructions. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    this.#send('stop');
  }

  /** One that just died hears nothing; its end is told by {@link killed}. */
  #send(order: 'drain' | 'stop'): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }
}
