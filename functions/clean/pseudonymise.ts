/** Step: nothing that names a person leaves in properties. What is to be sealed is left for the last step. */

import { hash } from 'node:crypto';
import { truncateAddress } from '../../domain/address.ts';
import type { Refusal } from '../../domain/outcome.ts';
import { type Json, type JsonObject } from '../../events/json.ts';
import { isContactName, replaceContacts } from './contacts.ts';
import type { CleanContext, Draft } from './draft.ts';
import type { FieldRule, Pseudonymise } from './rules.ts';

type Hide = (text: string) => string;

/** Equal for equal texts of one tenant, whatever their case; means nothing without the key. 96 bits. */
export function pseudonym(secret: string, tenant: string, text: string): string {
  const plain = text.trim().toLowerCase();
  return `p_${hash('sha256', [secret, 'pseudonym', tenant, plain].join('\u0000'), 'hex').slice(0, 24)}`;
}

/** Undefined: the field is dropped. */
export function hideValue(value: Json, how: Pseudonymise, hide: Hide): Json | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  switch (how) {
    case 'keep':
    // The last step seals, when it has the keys.
    case 'seal':
      return value;
    case 'drop':
      return undefined;
    case 'hash':
      return value === null ? null : hide(text);
    case 'truncate':
      return truncateAddress(text) ?? text.slice(0, 3).toWellFormed();
    case 'reduce':
      return reduce(value);
  }
}

function reduce(value: Json): Json | undefined {
  if (typeof value === 'number') return Number(value.toPrecision(2));
  if (typeof value !== 'string') return undefined;
  const year = /^(\d{4})-\d\d-\d\d/.exec(value)?.[1];
  if (year !== undefined) return year;
  const at = value.lastIndexOf('@');
  return at < 0 ? undefined : value.slice(at + 1).toLowerCase();
}

function applyRules(object: JsonObject, rules: Readonly<Record<string, FieldRule>>, hide: Hide): void {
  for (const field in rules) {
    const how = rules[field]?.pseudonymise;
    if (how === undefined || !Object.hasOwn(object, field)) continue;
    const hidden = hideValue(object[field] ?? null, how, hide);
    if (hidden === undefined) delete object[field];
    else object[field] = hidden;
  }
}

function hideContacts(object: JsonObject, hide: Hide): void {
  for (const key in object) {
    const value = object[key] ?? null;
    if (typeof value === 'string') object[key] = hideText(key, value, hide);
    else if (typeof value === 'number') {
      if (isContactName(key)) object[key] = hide(String(value));
    } else if (typeof value === 'object' && value !== null) hideInside(key, value, hide);
  }
}

function hideInside(key: string, value: Json[] | JsonObject, hide: Hide): void {
  if (!Array.isArray(value)) {
    hideContacts(value, hide);
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const item = value[i] ?? null;
    if (typeof item === 'string') value[i] = hideText(key, item, hide);
    else if (typeof item === 'object' && item !== null) hideInside(key, item, hide);
  }
}

function hideText(key: string, text: string, hide: Hide): string {
  if (text !== '' && isContactName(key)) return hide(text);
  return text.includes('@') || text.includes('+') ? replaceContacts(text, hide) : text;
}

export function pseudonymise(draft: Draft, { rules, secret }: CleanContext): Refusal | undefined {
  const hide: Hide = (text) => pseudonym(secret, draft.envelope.tenant, text);
  applyRules(draft.properties, rules.properties, hide);
  applyRules(draft.traits, rules.traits, hide);
  if (rules.contacts === 'hash') {
    hideContacts(draft.properties, hide);
    draft.event = hideText('', draft.event, hide);
  }
  return undefined;
}
