/**
 * Delivers one shard of a stream to one function the way Lambda's event source mapping does: in order, at
 * least once, in batches bounded by count, size and time. A failed batch comes again, is halved to find the
 * bad record, and goes to `failures` when attempts or age run out.
 */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { WellspringError } from '../../domain/errors.ts';
import type { Clock, Objects, StreamRecord, StreamStep } from '../../domain/ports.ts';
import type { Checkpoints } from './checkpoints.ts';
import { type Batch, Delivery, type RetryLimits } from './delivery.ts';
import { writeFailure } from './failures.ts';
import type { StreamReader } from './stream-reader.ts';

/** Lambda's 6 MB of payload, in which data is base64. */
const MAX_BYTES = 4_500_000;
const POLL_MS = 50;
const BACKOFF_FIRST_MS = 50;
const LONGEST_PAUSE_MS = 10_000;

export interface ConsumerOptions {
  readonly function: string;
  readonly stream: string;
  readonly shard: string;
  readonly batch: { readonly records: number; readonly windowSeconds: number };
  /** As in the map. Age counts only for a record that has failed: a host that was off for days loses nothing. */
  readonly retry: RetryLimits;
  /** The function with its services. */
  readonly step: StreamStep;
  readonly reader: StreamReader;
  readonly checkpoints: Checkpoints;
  readonly failures: Objects;
  readonly clock: Clock;
  /** Wait after a failure, at most, ms: it begins with 50 and doubles. @default 10,000 */
  readonly longestPauseMs?: number | undefined;
  /** In [0, 1). */
  readonly random: () => number;
  /** Waits; ends early, by resolving or rejecting, when the signal aborts. @default a timer */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Told of every failed attempt, for logs and counts. */
  readonly onError?: (error: unknown) => void;
}

/** A full disk is no fault of the records, and they could not be kept elsewhere either: it uses up no attempt. */
const isFull = (failure: unknown): boolean =>
  failure instanceof WellspringError && failure.code === 'disk_full';

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #delivery: Delivery;
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #after: string;
  #failuresInRow = 0;
  #hurried = false;
  #running: Promise<void> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal }));
    this.#delivery = new Delivery(options.retry);
    this.#after = options.checkpoints.load(options.stream, options.shard);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that the shard has new records; without it they are found by the next poll. */
  notify(): void {
    this.#wake.abort();
  }

  /** Takes what is there without waiting for fuller batches, until nothing waits. */
  hurry(): void {
    this.#hurried = true;
    this.#wake.abort();
  }

  /** Resolves when the running batch is done and its checkpoint is saved. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Sequence number of the last record that is done; empty before the first. */
  get checkpoint(): string {
    return this.#after;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const batch = this.#delivery.current ?? (await this.#gather());
        if (batch) await this.#deliver(batch);
      } catch (error) {
        this.#options.onError?.(error);
        await this.#backOff();
      }
    }
  }

  async #deliver(batch: Batch): Promise<void> {
    let done: StreamRecord | undefined;
    let failure: unknown;
    try {
      const { failedFrom } = await this.#options.step(batch);
      if (failedFrom !== undefined) failure = new Error('the function asked for records again');
      done = this.#delivery.doneThrough(failedFrom);
    } catch (error) {
      failure = error;
    }
    // The checkpoint follows the effects, never the other way round.
    if (done) this.#advance(done);
    else if (!isFull(failure)) await this.#fail();
    if (failure !== undefined) throw failure;
  }

  /** Books a failed attempt; when the limits are reached, keeps the records in `failures` and moves on. */
  async #fail(): Promise<void> {
    const { clock, random, failures, stream } = this.#options;
    const givenUp = this.#delivery.fail(clock.now());
    if (!givenUp) return;
    const id = Math.floor(random() * 2 ** 48).toString(16);
    await writeFailure(failures, {
      ...givenUp,
      function: this.#options.function,
      stream,
      at: clock.now(),
      id,
    });
    this.#advance(givenUp.records.at(-1) ?? givenUp.records[0]);
  }

  #advance(last: StreamRecord): void {
    const { checkpoints, stream, shard } = this.#options;
    checkpoints.save(stream, shard, last.sequence);
    this.#after = last.sequence;
    this.#delivery.advance(last);
    this.#failuresInRow = 0;
  }

  /** Waits until a batch is full or its oldest record has waited for the window, then takes it. */
  async #gather(): Promise<Batch | undefined> {
    const { reader, shard, batch } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      const { count, oldest } = reader.waiting(shard, this.#after);
      if (oldest === undefined) this.#hurried = false;
      const left = oldest === undefined ? POLL_MS : this.#hurried ? 0 : this.#windowLeft(oldest);
      if (count >= batch.records || left === 0) {
        this.#delivery.take(reader.read(shard, this.#after, batch.records, MAX_BYTES));
        return this.#delivery.current;
      }
      await this.#wait(left, AbortSignal.any([this.#stop.signal, this.#wake.signal]));
    }
    return undefined;
  }

  #windowLeft(oldest: number): number {
    const window = this.#options.batch.windowSeconds * 1000;
    const left = oldest + window - this.#options.clock.now();
    // More than the window: the clock was set back.
    return left > window || left < 0 ? 0 : left;
  }

  async #backOff(): Promise<void> {
    const longest = this.#options.longestPauseMs ?? LONGEST_PAUSE_MS;
    const most = Math.min(longest, BACKOFF_FIRST_MS * 2 ** this.#failuresInRow);
    this.#failuresInRow++;
    await this.#wait(most * (0.5 + this.#options.random() / 2), this.#stop.signal);
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.#sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
