/** What cleaning will say of an event, for a sender who wants to know before it is cleaned. */
import type { Outcome } from '../../domain/outcome.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import { checkProperties } from '../../events/index.ts';
import { cleanEvent } from './event.ts';
import { type CleanRules, defaultRules } from './rules.ts';

export type Check = (envelope: Envelope, bytes: Uint8Array) => Outcome<CleanEvent>;

/** Without field statistics: those belong to the stream's own order. */
export function makeCheck(secret: string, rules: CleanRules = defaultRules): Check {
  const context = { secret, rules, checkProperties };
  return (envelope, bytes) => cleanEvent({ envelope, bytes, receipt: '' }, context);
}
