/** One event: bytes as they came -> clean event, or the reason why not. */
import { type Outcome, ok, suppress } from '../../domain/outcome.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import { isObject, type JsonObject } from '../../events/json.ts';
import { bots } from './bots.ts';
import { clock } from './clock.ts';
import { consent } from './consent.ts';
import { type CleanContext, type Draft, flag, type Step } from './draft.ts';
import { dropUnsafeKeys } from './mend.ts';
import { missing } from './missing.ts';
import { normalise } from './normalise.ts';
import { outliers } from './outliers.ts';
import { pseudonymise } from './pseudonymise.ts';
import { readEvent } from './read.ts';
import { validate } from './validate.ts';

export interface CleanInput {
  readonly envelope: Envelope;
  /** One event as JSON, as it came. */
  readonly bytes: Uint8Array;
  /** `shard:sequence:index` of the accepted copy. */
  readonly receipt: string;
}

/** In this order. Consent comes first: what a person did not agree to must not even be quarantined. */
export const steps: readonly (readonly [name: string, step: Step])[] = [
  ['consent', consent],
  ['validate', validate],
  ['clock', clock],
  ['bots', bots],
  ['normalise', normalise],
  ['missing', missing],
  ['outliers', outliers],
  ['pseudonymise', pseudonymise],
];

/** Runs all steps. Never throws for anything that the bytes may hold. */
export function cleanEvent(input: CleanInput, context: CleanContext): Outcome<CleanEvent> {
  const read = readEvent(input.bytes);
  if (read.kind !== 'read') return read;
  const withheld = context.suppressed?.(input.envelope, read.document) === true;
  const draft = draftOf(input.envelope, read.document, read.unsafe);
  for (const [, step] of steps) {
    const refusal = step(draft, context);
    if (refusal === undefined) continue;
    if (withheld && refusal.kind === 'quarantine') return suppress('suppressed');
    return draft.refused ? suppress('consent_denied') : refusal;
  }
  if (withheld) empty(draft);
  return ok(finish(draft, input.receipt));
}

/**
 * Leaves what tells the event from others. It goes on like that instead of ending here, because an earlier delivery of
 * its record, before the person was suppressed, may have let it through: where profiles are, each copy counts once.
 */
function empty(draft: Draft): void {
  draft.event = '';
  draft.groupId = undefined;
  draft.properties = {};
  draft.traits = {};
  draft.context = {};
  draft.consent = undefined;
  draft.flags.splice(0, draft.flags.length, 'withheld');
}

/** A draft with what every step may rely on. Empty fields are set by `validate` and `clock`. */
export function draftOf(envelope: Envelope, document: JsonObject, unsafe: boolean): Draft {
  const dropped = unsafe ? dropUnsafeKeys(document) : 0;
  const own = document['context'];
  const draft: Draft = {
    envelope,
    document,
    context: { ...envelope.context, ...(isObject(own) ? own : undefined) },
    trust: envelope.trust,
    type: 'track',
    event: '',
    messageId: '',
    userId: undefined,
    anonymousId: undefined,
    previousId: undefined,
    groupId: undefined,
    timestamp: envelope.receivedAt,
    properties: {},
    traits: {},
    consent: undefined,
    refused: false,
    flags: [],
  };
  if (unsafe && dropUnsafeKeys(draft.context) + dropped > 0) flag(draft, 'unsafe_key');
  return draft;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Fields are always set in the same order, so that events share few shapes and are quick to write out. */
export function finish(draft: Draft, receipt: string): CleanEvent {
  const { envelope } = draft;
  const event: Mutable<CleanEvent> = {
    version: 1,
    receipt,
    tenant: envelope.tenant,
    source: envelope.source,
    trust: draft.trust,
    messageId: draft.messageId,
    type: draft.type,
    event: draft.event,
    timestamp: draft.timestamp,
    receivedAt: envelope.receivedAt,
    properties: draft.properties,
    traits: draft.traits,
    context: draft.context,
    flags: draft.flags,
  };
  if (draft.userId !== undefined) event.userId = draft.userId;
  if (draft.anonymousId !== undefined) event.anonymousId = draft.anonymousId;
  if (draft.previousId !== undefined) event.previousId = draft.previousId;
  if (draft.groupId !== undefined) event.groupId = draft.groupId;
  if (draft.consent !== undefined) {
    const { choices, ...by } = draft.consent;
    event.consent = choices;
    event.consentBy = by;
  }
  return event;
}
