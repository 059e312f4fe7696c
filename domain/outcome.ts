import type { QuarantineReason, SuppressReason } from '../events/reasons.ts';

/**
 * What a step says of one event. Steps do not throw for bad input; only the edge turns outcomes
 * into batch responses, quarantine records and ledger counts.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'quarantine'; readonly reason: QuarantineReason; readonly detail?: string }
  | { readonly kind: 'suppress'; readonly reason: SuppressReason };

/** An outcome that ends an event's way. */
export type Refusal = Exclude<Outcome<never>, { kind: 'ok' }>;

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value });

export const quarantine = (reason: QuarantineReason, detail?: string): Refusal =>
  detail === undefined ? { kind: 'quarantine', reason } : { kind: 'quarantine', reason, detail };

export const suppress = (reason: SuppressReason): Refusal => ({ kind: 'suppress', reason });
