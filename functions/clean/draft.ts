/** An event on its way through the steps, and what a step may know besides it. */
import type { Statement } from '../../domain/consent/read.ts';
import type { Refusal } from '../../domain/outcome.ts';
import type { RawIds } from '../../domain/vault/suppression.ts';
import type { CallType, Envelope, Trust } from '../../events/envelope.ts';
import type { JsonObject } from '../../events/json.ts';
import type { Flag } from '../../events/reasons.ts';
import type { CleanRules } from './rules.ts';
import type { FieldStatistics } from './statistics.ts';

/** Owned by one call of `cleanEvent`: steps change it in place. */
export interface Draft {
  readonly envelope: Envelope;
  /** The event as parsed; without unsafe keys. */
  readonly document: JsonObject;
  /** The envelope's context under the event's own; replaced by the kept part in `normalise`. */
  context: JsonObject;
  /** The envelope's, or `signed` when the event carries a valid user token. */
  trust: Trust;
  type: CallType;
  event: string;
  messageId: string;
  userId: string | undefined;
  anonymousId: string | undefined;
  previousId: string | undefined;
  groupId: string | undefined;
  /** Corrected event time, ms. */
  timestamp: number;
  properties: JsonObject;
  traits: JsonObject;
  consent: Statement | undefined;
  /** The person refuses analytics, and only that is passed on. */
  refused: boolean;
  readonly flags: Flag[];
}

export interface CleanContext {
  /** Key of pseudonyms. */
  readonly secret: string;
  readonly rules: CleanRules;
  /** What is wrong with the properties of a named event: which field, never its value. */
  readonly checkProperties?: (event: string, properties: JsonObject) => string | undefined;
  readonly statistics?: StatisticsContext;
  /** Whether ids, as the event has them, name anybody on the tenant's suppression list. */
  readonly suppressed?: (envelope: Envelope, ids: RawIds) => boolean;
  /** Whether they name anybody who refuses analytics. */
  readonly refuses?: (envelope: Envelope, ids: RawIds) => boolean;
}

export interface StatisticsContext {
  /** Statistics up to an earlier batch; they do not change while a batch is cleaned. */
  readonly known: (tenant: string) => FieldStatistics | undefined;
  /** Collects this batch. */
  readonly fresh: (tenant: string) => FieldStatistics;
}

/** Undefined: go on with the next step. */
export type Step = (draft: Draft, context: CleanContext) => Refusal | undefined;

/** Sets a flag once. */
export function flag(draft: Draft, name: Flag): void {
  if (!draft.flags.includes(name)) draft.flags.push(name);
}
