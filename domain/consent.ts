/** What a person allows, read from the shapes in which consent arrives. */
import { type Consent, type Purpose, purposes } from '../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../events/json.ts';

type Choices = { [P in Purpose]?: boolean };

/** Google consent mode v2 fields and the purposes they decide. */
const googleFields: Readonly<Record<string, readonly Purpose[]>> = {
  analytics_storage: ['analytics'],
  ad_user_data: ['ads_user_data'],
  ad_personalization: ['ads_personalisation'],
  ad_storage: ['ads_user_data', 'ads_personalisation'],
};

/** Usual names of consent categories and the purposes they decide. */
const categories: Readonly<Record<string, readonly Purpose[]>> = {
  analytics: ['analytics'],
  performance: ['analytics'],
  functional: ['profiling'],
  profiling: ['profiling'],
  email: ['email'],
  sms: ['sms'],
  advertising: ['ads_user_data', 'ads_personalisation'],
  marketing: ['ads_user_data', 'ads_personalisation'],
  ads_user_data: ['ads_user_data'],
  ads_personalisation: ['ads_personalisation'],
};

const yes = new Set<Json>([true, 'granted', 'true', 'yes']);

/** A refusal wins over a permission for the same purpose. Whatever is not clearly a yes is a no. */
function decide(choices: Choices, decided: readonly Purpose[], value: Json | undefined): void {
  const allowed = value !== undefined && yes.has(value);
  for (const purpose of decided) choices[purpose] = allowed && choices[purpose] !== false;
}

function readFields(
  choices: Choices,
  source: JsonObject,
  fields: Readonly<Record<string, readonly Purpose[]>>,
): void {
  for (const [name, value] of Object.entries(source)) {
    const key = name.toLowerCase();
    const decided = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (decided) decide(choices, decided, value);
  }
}

/**
 * Reads `context.consent`: our own purposes, Segment's `categoryPreferences`, or Google's consent mode v2.
 * `gpc`: the browser sent Global Privacy Control, which refuses ads whatever the page's banner said.
 * Undefined when nothing was said. A consent field that is not an object refuses everything.
 */
export function readConsent(context: JsonObject, gpc: boolean): Consent | undefined {
  const given = context['consent'];
  if (given === undefined && !gpc) return undefined;
  const choices: Choices = {};
  if (isObject(given)) {
    readFields(choices, given, categories);
    readFields(choices, given, googleFields);
    const preferences = given['categoryPreferences'];
    if (isObject(preferences)) readFields(choices, preferences, categories);
  } else if (given !== undefined && given !== null) {
    for (const purpose of purposes) choices[purpose] = false;
  }
  if (gpc) decide(choices, ['ads_user_data', 'ads_personalisation'], false);
  return Object.keys(choices).length === 0 ? undefined : choices;
}
