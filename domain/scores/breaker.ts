/** A circuit breaker: after failures in a row nobody is asked for a while, then one question decides. Pure. */

export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** Until when nobody is asked, ms; 0 when closed. */
  readonly openUntil: number;
}

export const closed: Breaker = { failures: 0, openUntil: 0 };

/** Failures in a row that open it. */
export const LIMIT = 3;
const FIRST_MS = 5000;
const LONGEST_MS = 120_000;

/** Whether to ask now. After the wait one question is let through: the breaker is half open. */
export const mayAsk = ({ openUntil }: Breaker, now: number): boolean => now >= openUntil;

export const succeeded = (): Breaker => closed;

/** Each failure at the limit or beyond doubles the wait. */
export function failed({ failures }: Breaker, now: number): Breaker {
  const count = failures + 1;
  if (count < LIMIT) return { failures: count, openUntil: 0 };
  return { failures: count, openUntil: now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - LIMIT)) };
}
