/** What follows from an outcome: done, again later, or never. Pure. */
import type { SendOutcome } from '../../domain/webhook/sender.ts';

export type Verdict =
  | { readonly kind: 'delivered' }
  /** `waitMs`: the receiver asks for that long a pause. */
  | { readonly kind: 'again'; readonly reason: string; readonly waitMs?: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Answers that mean "not now" rather than "not this". */
const again: readonly number[] = [408, 425, 429];

export function verdictOf(outcome: SendOutcome): Verdict {
  if (outcome.kind === 'failed') {
    const { reason } = outcome;
    return reason === 'forbidden_url' || reason === 'forbidden_address'
      ? { kind: 'refused', reason }
      : { kind: 'again', reason };
  }
  const { status, retryAfterMs: waitMs } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const reason = `status_${status}`;
  if (status >= 500 || again.includes(status))
    return { kind: 'again', reason, ...(waitMs !== undefined && { waitMs }) };
  return { kind: 'refused', reason };
}

/** Failures in a row after which nothing is sent for a while. */
const LIMIT = 3;
const FIRST_MS = 5000;
const LONGEST_MS = 600_000;

/** Doubles with every failure, and is spread, so that what failed together does not come again together. `random`: [0, 1). */
export const pauseOf = (failures: number, random: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, failures - 1)) * (0.75 + random / 2);

/** For how long nobody is sent anything after so many failures in a row, ms. */
export const breakOf = (failures: number, random: number): number =>
  failures < LIMIT ? 0 : pauseOf(failures - LIMIT + 1, random);
