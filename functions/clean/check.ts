/** What cleaning will say of an event, for a sender who wants to know before it is cleaned. */
import { type Outcome, ok } from '../../domain/outcome.ts';
import { UNREAD } from '../../domain/vault/seal.ts';
import { Subjects } from '../../domain/vault/subject.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import { checkProperties } from '../../events/index.ts';
import type { JsonObject } from '../../events/json.ts';
import type { Checked } from '../checked.ts';
import { cleanEvent } from './event.ts';
import { fieldsToSeal, subjectsOf } from './identifying-fields.ts';
import { type CleanRules, defaultRules } from './rules.ts';

export type Check = (envelope: Envelope, bytes: Uint8Array) => Outcome<Checked>;

/** Without field statistics: those belong to the stream's own order. */
export function makeCheck(secret: string, rules: CleanRules = defaultRules): Check {
  const context = { secret, rules, checkProperties };
  const subjects = new Subjects(secret);
  return (envelope, bytes) => {
    const outcome = cleanEvent({ envelope, bytes, receipt: '' }, context);
    if (outcome.kind !== 'ok') return outcome;
    const { userId, anonymousId } = outcome.value;
    return ok({ clean: withoutIdentifiers(outcome.value, rules, subjects), userId, anonymousId });
  };
}

function withoutIdentifiers(event: CleanEvent, rules: CleanRules, subjects: Subjects): CleanEvent {
  const { user, device, previous } = subjectsOf(event, subjects);
  const { traits, properties } = fieldsToSeal(event, rules);
  const hidden = (object: JsonObject, names: readonly string[]): JsonObject => ({
    ...object,
    ...Object.fromEntries(names.map((name) => [name, UNREAD])),
  });
  return {
    ...event,
    ...(user !== undefined && { userId: user }),
    ...(device !== undefined && { anonymousId: device }),
    ...(previous !== undefined && { previousId: previous }),
    traits: hidden(event.traits, traits),
    properties: hidden(event.properties, properties),
  };
}
