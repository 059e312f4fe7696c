import type { QuarantineReason, SuppressReason } from '../events/reasons.ts';

/**
 * What a step says of one event. Steps do not throw for bad input; only the edge turns outcomes
 * into batch responses, quarantine records and ledger counts.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'quarantine'; readonly reason: QuarantineReason; readonly detail?: string }
  | { readonly kind: 'suppress'; readonly reason: SuppressReason };

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value });

export const quarantine = (reason: QuarantineReason, detail?: string): Outcome<never> =>
  detail === undefined ? { kind: 'quarantine', reason } : { kind: 'quarantine', reason, detail };

export const suppress = (reason: SuppressReason): Outcome<never> => ({ kind: 'suppress', reason });
