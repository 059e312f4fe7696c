/** What the questions about everybody have in common: their range, their bounds, and how counts are shown. */
import * as z from 'zod/mini';
import { WellspringError } from '../../../domain/errors.ts';
import { LEAST_PEOPLE } from '../../../domain/insight/shown.ts';
import { described, invalid } from '../parameters.ts';
import { Refused } from '../replies.ts';

export const DAY = 86_400_000;
/** Days that one question may cover, and how many it covers unless told. */
export const MOST_DAYS = 92;
export const USUAL_DAYS = 30;

export const people = described(`rounded to 5; null: fewer than ${LEAST_PEOPLE}`, z.nullable(z.int()));
export const share = described('0 to 1; null where few people stand behind it', z.nullable(z.number()));

export const iso = (ms: number): string => new Date(ms).toISOString();

/** A range as asked for; by default the last days. @throws Refused `invalid_parameter`. */
export function rangeOf(
  { from, to }: { from?: number | undefined; to?: number | undefined },
  now: number,
): { from: number; to: number } {
  const end = to ?? now;
  const start = from ?? end - USUAL_DAYS * DAY;
  if (start >= end) throw invalid('from', 'before "to"');
  if (end - start > MOST_DAYS * DAY) throw invalid('from', `at most ${MOST_DAYS} days before "to"`);
  return { from: start, to: end };
}

/** @throws Refused `too_many_objects` for what would read too much. */
export async function bounded<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof WellspringError && error.code === 'too_much_history')
      throw new Refused('too_many_objects', { message: error.fix });
    throw error;
  }
}
