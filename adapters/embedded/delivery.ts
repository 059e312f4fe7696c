/** Which records a consumer delivers next, and when it gives one up. State only: no input or output. */
import type { StreamRecord } from '../../domain/ports.ts';
import type { FailedInvocation } from './failures.ts';

export interface RetryLimits {
  /** Attempts after the first. */
  readonly attempts: number;
  /** Age at which a record that failed is given up, seconds. */
  readonly maxAgeSeconds: number;
  /** Halve a failed batch until the bad record stands alone; halving uses up no attempt. */
  readonly bisect: boolean;
}

export type Batch = readonly [StreamRecord, ...StreamRecord[]];
export type GivenUp = Pick<FailedInvocation, 'records' | 'condition' | 'invokeCount'>;

const isBatch = (records: readonly StreamRecord[]): records is Batch => records.length > 0;

/** A batch on its way through the function, and the parts into which failures have cut it. */
export class Delivery {
  readonly #limits: RetryLimits;
  /** Parts still to deliver, the next one last. */
  #parts: Batch[] = [];
  #attempts = 0;

  constructor(limits: RetryLimits) {
    this.#limits = limits;
  }

  /** The part to deliver now; undefined when a new batch may be taken. */
  get current(): Batch | undefined {
    return this.#parts.at(-1);
  }

  take(records: readonly StreamRecord[]): void {
    this.#push(records);
    this.#attempts = 0;
  }

  /**
   * The last record that is done, given what the function answered; undefined when none is.
   * @throws RangeError when the function names a record that it was not given.
   */
  doneThrough(failedFrom: string | undefined): StreamRecord | undefined {
    const part = this.current ?? [];
    if (failedFrom === undefined) return part.at(-1);
    const failed = part.findIndex((record) => record.sequence === failedFrom);
    if (failed < 0) throw new RangeError('failedFrom names no record of the batch');
    return part[failed - 1];
  }

  /** Notes that everything up to `last` is done and saved. */
  advance(last: StreamRecord): void {
    const part: readonly StreamRecord[] = this.#parts.pop() ?? [];
    this.#push(part.slice(part.indexOf(last) + 1));
    this.#attempts = 0;
  }

  /** Notes a failure of the current part: it is halved, or tried again, or returned because its limits are reached. */
  fail(now: number): GivenUp | undefined {
    const part = this.current;
    if (!part) return undefined;
    if (this.#limits.bisect && part.length > 1) {
      this.#halve(part);
      return undefined;
    }
    this.#attempts++;
    const exhausted = this.#attempts > this.#limits.attempts;
    const tooOld = now - part[0].arrivedAt > this.#limits.maxAgeSeconds * 1000;
    if (!exhausted && !tooOld) return undefined;
    return {
      records: part,
      condition: exhausted ? 'RetryAttemptsExhausted' : 'MaximumRecordAgeExceeded',
      invokeCount: this.#attempts,
    };
  }

  #halve(part: Batch): void {
    const middle = Math.ceil(part.length / 2);
    this.#parts.pop();
    this.#push(part.slice(middle));
    this.#push(part.slice(0, middle));
    this.#attempts = 0;
  }

  #push(records: readonly StreamRecord[]): void {
    if (isBatch(records)) this.#parts.push(records);
  }
}
