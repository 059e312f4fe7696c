/** What a log may say of an error: its name and place. Texts of errors can quote what was parsed. */
import { WellspringError } from '../domain/errors.ts';

export const codeOf = (error: unknown): string =>
  error instanceof WellspringError ? error.code : error instanceof Error ? error.name : 'unknown';

/** The lines of a stack below its message. */
export const framesOf = (error: unknown): string[] =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
        .map((line) => line.trim())
    : [];
