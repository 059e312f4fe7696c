/**
 * Makes one machine nastier than AWS, to prove that the chain bears it. Every fault here is one that a
 * stream, a table or a bucket may show in production; what was injected is counted.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ErrorCode, WellspringError } from '../../domain/errors.ts';
import type { Objects, Stream, StreamRecord, StreamResult, StreamStep, Table } from '../../domain/ports.ts';

/** A second run lags behind the first by fewer turns of the event loop than this. */
const ZOMBIE_TURNS = 8;

/** Chance of each fault per call or batch, 0 to 1. */
export interface ChaosRates {
  /** A call is refused and has no effect. */
  readonly throttle: number;
  /** A part of the records or writes of a call takes effect, then it fails. */
  readonly partial: number;
  /** A call takes effect, but the answer is lost. */
  readonly lostAnswer: number;
  /** A batch that succeeded is delivered again. */
  readonly redeliver: number;
  /** A batch is cut, so that its second part comes with other records. */
  readonly cut: number;
  /** The function succeeds, and the process dies before the checkpoint is saved. */
  readonly crash: number;
  /** A second run of the same batch starts beside the first, and may go on while later batches run. */
  readonly zombie: number;
}

export type Fault = keyof ChaosRates;

export const calm: ChaosRates = {
  throttle: 0,
  partial: 0,
  lostAnswer: 0,
  redeliver: 0,
  cut: 0,
  crash: 0,
  zombie: 0,
};

export class Chaos {
  /** How often each fault was injected. */
  readonly injected: Record<Fault, number> = { ...calm };
  /** While true, everything that writes fails with `disk_full`. */
  diskFull = false;
  readonly #rates: ChaosRates;
  readonly #random: () => number;
  readonly #zombies = new Set<Promise<unknown>>();

  constructor(options: { rates: Partial<ChaosRates>; random: () => number }) {
    this.#rates = { ...calm, ...options.rates };
    this.#random = options.random;
  }

  stream(inner: Stream): Stream {
    const fail = 'stream_unavailable';
    return {
      append: (records) => this.#write(fail, records, (some) => inner.append(some)),
    };
  }

  table(inner: Table): Table {
    const fail = 'table_unavailable';
    return {
      get: (keys, options) => this.#read(fail, () => inner.get(keys, options)),
      put: (writes) => this.#write(fail, writes, (some) => inner.put(some)),
      delete: (keys) => this.#write(fail, keys, (some) => inner.delete(some)),
      query: (query) => this.#read(fail, () => inner.query(query)),
      queryIndex: (query) => this.#read(fail, () => inner.queryIndex(query)),
      scan: (query) => this.#read(fail, () => inner.scan(query)),
    };
  }

  objects(inner: Objects): Objects {
    const fail = 'objects_unavailable';
    return {
      put: (key, data) => this.#write(fail, [key], () => inner.put(key, data)),
      get: (key) => this.#read(fail, () => inner.get(key)),
      list: (query) => this.#read(fail, () => inner.list(query)),
      delete: (keys) => this.#write(fail, keys, (some) => inner.delete(some)),
    };
  }

  /** Wraps a function where a consumer calls it. */
  step(inner: StreamStep): StreamStep {
    return async (records) => {
      if (this.#hits('zombie')) this.#startZombie(() => inner(records));
      const result = await this.#cutOrWhole(inner, records);
      if (this.#hits('redeliver')) await inner(records);
      if (this.#hits('crash')) throw new Error('injected: died before the checkpoint');
      return result;
    };
  }

  /** Resolves when no second run is under way; wait for it before closing what the functions use. */
  async idle(): Promise<void> {
    while (this.#zombies.size > 0) await Promise.all(this.#zombies);
  }

  #hits(fault: Fault): boolean {
    const hit = this.#random() < this.#rates[fault];
    if (hit) this.injected[fault]++;
    return hit;
  }

  #startZombie(run: () => Promise<unknown>): void {
    const turns = Math.floor(this.#random() * ZOMBIE_TURNS);
    const late = async (): Promise<void> => {
      for (let i = 0; i < turns; i++) await nextTurn();
      await run();
    };
    const zombie = late().catch(() => {
      // Nobody waits for the answer of a run that the platform gave up.
    });
    this.#zombies.add(zombie);
    void zombie.then(() => this.#zombies.delete(zombie));
  }

  async #cutOrWhole(inner: StreamStep, records: readonly StreamRecord[]): Promise<StreamResult> {
    const at = 1 + Math.floor(this.#random() * (records.length - 1));
    const next = records[at];
    if (!next || !this.#hits('cut')) return inner(records);
    const { failedFrom = next.sequence } = await inner(records.slice(0, at));
    return { failedFrom };
  }

  async #read<T>(code: ErrorCode, call: () => Promise<T>): Promise<T> {
    if (this.#hits('throttle')) throw new WellspringError(code, 'injected: throttled');
    return call();
  }

  async #write<T, R>(
    code: ErrorCode,
    items: readonly T[],
    call: (items: readonly T[]) => Promise<R>,
  ): Promise<R> {
    if (this.diskFull) throw new WellspringError('disk_full', 'injected: no room');
    if (this.#hits('throttle')) throw new WellspringError(code, 'injected: throttled');
    if (items.length > 1 && this.#hits('partial')) {
      await call(items.slice(0, Math.floor(this.#random() * items.length)));
      throw new WellspringError(code, 'injected: a part took effect');
    }
    const result = await call(items);
    if (this.#hits('lostAnswer')) throw new WellspringError(code, 'injected: the answer was lost');
    return result;
  }
}
