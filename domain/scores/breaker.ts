/** A circuit breaker: after failures in a row nobody is asked for a while, then one question decides. Pure. */

export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** Until when nobody is asked, ms; 0 when closed. */
  readonly openUntil: number;
}

/** Closed: ask. Open: do not. Half open: one question is let through, and {@link probing} keeps the others back. */
export type Phase = 'closed' | 'open' | 'half-open';

export const closed: Breaker = { failures: 0, openUntil: 0 };

/** Failures in a row that open it. */
export const LIMIT = 3;
const FIRST_MS = 5000;
const LONGEST_MS = 120_000;
/** A question that is let through counts as lost after this; then the next one may try. */
const PROBE_MS = 30_000;

export const phaseOf = ({ openUntil }: Breaker, now: number): Phase =>
  openUntil === 0 ? 'closed' : now < openUntil ? 'open' : 'half-open';

/** While the one question is under way. */
export const probing = ({ failures }: Breaker, now: number): Breaker => ({
  failures,
  openUntil: now + PROBE_MS,
});

export const succeeded = (): Breaker => closed;

/** Each failure at the limit or beyond doubles the wait. */
export function failed({ failures }: Breaker, now: number): Breaker {
  const count = failures + 1;
  if (count < LIMIT) return { failures: count, openUntil: 0 };
  return { failures: count, openUntil: now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - LIMIT)) };
}
