/** A clock that stands still until everybody waits, and then goes to the next moment that somebody waits for. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Turns of the event loop after which whoever has something to do has done it. */
const TURNS = 10;

export class VirtualTime {
  #now: number;
  readonly #timers: { readonly at: number; readonly go: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now = (): number => this.#now;

  /** Resolves when so many ms have gone by. */
  wait(ms: number): Promise<void> {
    return new Promise((go) => this.#timers.push({ at: this.#now + ms, go }));
  }

  /** Lets time go by until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    const progress = { done: false };
    const end = (): void => {
      progress.done = true;
    };
    work.then(end, end);
    let idle = 0;
    while (!progress.done) {
      await nextTurn();
      if (++idle < TURNS) continue;
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers.shift();
      if (!next) continue;
      this.#now = Math.max(this.#now, next.at);
      next.go();
      idle = 0;
    }
    return work;
  }

  /** Moves on while nobody works. */
  pass(ms: number): void {
    this.#now += ms;
  }
}
