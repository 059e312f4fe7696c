/** Which ids and fields of a clean event name a person. */
import { isSealed } from '../../domain/vault/seal.ts';
import type { Subjects } from '../../domain/vault/subject.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import type { Json, JsonObject } from '../../events/json.ts';
import { holdsContact } from './contacts.ts';
import type { CleanRules, FieldRule } from './rules.ts';

export interface EventSubjects {
  readonly user: string | undefined;
  readonly device: string | undefined;
  /** An alias names a device, as profiles understand it. */
  readonly previous: string | undefined;
}

export function subjectsOf(event: CleanEvent, subjects: Subjects): EventSubjects {
  const { tenant, userId, anonymousId, previousId } = event;
  return {
    user: userId === undefined ? undefined : subjects.of(tenant, 'user', userId),
    device: anonymousId === undefined ? undefined : subjects.of(tenant, 'device', anonymousId),
    previous: previousId === undefined ? undefined : subjects.of(tenant, 'device', previousId),
  };
}

export interface FieldNames {
  readonly traits: readonly string[];
  readonly properties: readonly string[];
}

const none: readonly string[] = [];

/** Fields that the rules name, and traits in which a contact stands. */
export function fieldsToSeal(
  event: CleanEvent,
  { traits, properties, contactsInTraits }: CleanRules,
): FieldNames {
  return {
    traits: names(event.traits, traits, contactsInTraits === 'seal'),
    properties: names(event.properties, properties, false),
  };
}

function names(
  object: JsonObject,
  rules: Readonly<Record<string, FieldRule>>,
  contacts: boolean,
): readonly string[] {
  let found: string[] | undefined;
  for (const name in object) {
    const value = object[name] ?? null;
    if (value === null || (typeof value === 'string' && isSealed(value))) continue;
    const how = Object.hasOwn(rules, name) ? rules[name]?.pseudonymise : undefined;
    // What a rule says of a field goes before what stands in it.
    if (how === 'seal' || (how === undefined && contacts && contains(name, value))) (found ??= []).push(name);
  }
  return found ?? none;
}

function contains(name: string, value: Json): boolean {
  if (typeof value === 'string') return holdsContact(name, value);
  if (typeof value === 'number') return holdsContact(name, String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value)
    ? value.some((item) => contains(name, item))
    : Object.entries(value).some(([inner, item]) => contains(inner, item));
}
