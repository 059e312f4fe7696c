/** Errors as a state machine knows them: by name alone. */
import { type ErrorCode, errorCodes, WellspringError } from '../domain/errors.ts';
import { namesOf } from './uses.ts';

/** Codes of errors that a repeat may mend. */
export const retryableCodes: readonly ErrorCode[] = namesOf(errorCodes).filter(
  (code) => errorCodes[code].retryable,
);

/** An error under its code: what `Retry` and `Catch` compare with. */
export class TaskError extends Error {
  override readonly name: string;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'failed', { cause });
    this.name = cause instanceof WellspringError ? cause.code : 'failed';
  }
}
