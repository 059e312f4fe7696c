/** Keeps the system under proof alive: whenever it is killed, it is started again, as a supervisor does. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Books, Life, type LifeOptions, type Ready } from './life.ts';
import { deathFile, type FaultSettings, type Mortal } from './settings.ts';
import { tearLogs } from './torn.ts';

export interface SystemOptions extends Omit<LifeOptions, 'faults'> {
  readonly faults: Omit<FaultSettings, 'life'>;
}

export class SystemUnderProof {
  /** From each death to the next readiness, ms. */
  readonly recoveries: number[] = [];
  /** Logs of databases that a start found torn. */
  torn = 0;
  /** Undefined while it is down. */
  ready: Ready | undefined;
  readonly #options: SystemOptions;
  #life: Life;
  #lives = 0;
  #ending = false;
  /** Rejects when the system ends by itself. */
  readonly #supervised: Promise<void>;
  #hopeful: (() => void)[] = [];

  /** Starts it. */
  constructor(options: SystemOptions) {
    this.#options = options;
    this.#life = this.#begin();
    this.#supervised = this.#supervise();
    this.#supervised.catch(() => {});
  }

  get lives(): number {
    return this.#lives;
  }

  /** Resolves when it answers, in its `life`th life or later. @throws Error when it ended by itself, or for good. */
  async answering(life = 0): Promise<void> {
    while (!this.ready || this.#lives < life) {
      await Promise.race([this.#supervised, new Promise<void>((resolve) => this.#hopeful.push(resolve))]);
      if (this.#ending) throw new Error('the proof is over');
    }
  }

  /** Kills it between two instructions; resolves when it answers again. */
  async kill(): Promise<void> {
    await this.answering();
    const next = this.#lives + 1;
    this.#life.kill();
    await this.answering(next);
  }

  /** It dies in this thread, between its next effect and what follows from it. */
  aim(thread: Mortal): void {
    writeFileSync(deathFile(this.#options.faults.notes, thread), '');
  }

  /** True while it has yet to die there. */
  aimed(thread: Mortal): boolean {
    return existsSync(deathFile(this.#options.faults.notes, thread));
  }

  /** Resolves when nothing waits in its streams, however often it dies meanwhile. `onWaiting` gets records. */
  async drain(onWaiting: (records: number) => void = () => {}): Promise<Books> {
    for (;;) {
      await this.answering();
      const life = this.#lives;
      const books = await this.#life.drain(onWaiting);
      if (books) return books;
      await this.answering(life + 1);
    }
  }

  async stop(): Promise<void> {
    await this.answering();
    this.#ending = true;
    this.#life.stop();
    await this.#supervised;
  }

  /** Ends it for good, in whatever state it is. */
  async abandon(): Promise<void> {
    this.#ending = true;
    this.#life.kill();
    await this.#supervised.catch(() => {});
  }

  #begin(): Life {
    const { faults, ...options } = this.#options;
    return new Life({ ...options, faults: { ...faults, life: this.#lives++ } });
  }

  async #supervise(): Promise<void> {
    for (let died: number | undefined; ; this.#life = this.#begin()) {
      this.ready = await this.#life.ready;
      if (this.ready && died !== undefined) {
        this.recoveries.push(performance.now() - died);
        died = undefined;
      }
      for (const go of this.#hopeful.splice(0)) go();
      const killed = await this.#life.killed;
      this.ready = undefined;
      if (this.#ending) return;
      if (!killed) throw new Error('the system ended by itself');
      died ??= performance.now();
      this.torn += tearLogs(this.#options.data);
    }
  }
}
