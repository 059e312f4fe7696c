/** What a person allows, read from the shapes in which consent arrives. */
import {
  type Consent,
  type ConsentSignal,
  type Decided,
  type Purpose,
  purposes,
} from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { readTcf, tcfPurposes } from './tcf.ts';

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

const tcfNames = new Set(['tcf', 'tcstring', 'tc_string']);
const yes = new Set<Json>([true, 'granted', 'true', 'yes']);

/** What was said about consent, by which signals, and when it was decided where the sender says so. */
export interface Statement {
  readonly choices: Consent;
  /** In the order of {@link ConsentSignal}. */
  readonly signals: readonly ConsentSignal[];
  readonly decidedAt?: Decided;
  /** Version of the wording that the person saw. */
  readonly wording?: string;
}

/** Collects choices. A refusal wins over a permission for the same purpose. Whatever is not clearly a yes is a no. */
class Heard {
  readonly choices: Choices = {};
  readonly signals = new Set<ConsentSignal>();

  decide(signal: ConsentSignal, decided: readonly Purpose[], allowed: boolean): void {
    this.signals.add(signal);
    for (const purpose of decided) this.choices[purpose] = allowed && this.choices[purpose] !== false;
  }

  fields(
    signal: ConsentSignal,
    source: JsonObject,
    known: Readonly<Record<string, readonly Purpose[]>>,
  ): void {
    for (const [name, value] of Object.entries(source)) {
      const key = name.toLowerCase();
      const decided = Object.hasOwn(known, key) ? known[key] : undefined;
      if (decided) this.decide(signal, decided, yes.has(value));
    }
  }

  tcf(source: JsonObject): void {
    for (const [name, value] of Object.entries(source)) {
      if (!tcfNames.has(name.toLowerCase())) continue;
      const allowed = readTcf(value);
      for (const purpose of tcfPurposes) this.decide('tcf', [purpose], allowed[purpose]);
    }
  }
}

/**
 * Reads `context.consent`: our own purposes, Segment's `categoryPreferences`, Google's consent mode v2, and a TC string of
 * the IAB. `gpc`: the browser sent Global Privacy Control, which refuses ads whatever the page's banner said.
 * Undefined when nothing was said. What is there but cannot be read refuses everything that it speaks for.
 */
export function readConsent(context: JsonObject, gpc: boolean): Statement | undefined {
  const given = context['consent'];
  if (given === undefined && !gpc) return undefined;
  const heard = new Heard();
  if (isObject(given)) {
    heard.fields('own', given, categories);
    heard.fields('consent_mode', given, googleFields);
    heard.tcf(given);
    const preferences = given['categoryPreferences'];
    if (isObject(preferences)) heard.fields('categories', preferences, categories);
    else if (preferences !== undefined && preferences !== null) heard.decide('categories', purposes, false);
  } else if (given !== undefined && given !== null) heard.decide('own', purposes, false);
  if (gpc) heard.decide('gpc', ['ads_user_data', 'ads_personalisation'], false);
  if (heard.signals.size === 0) return undefined;
  const { choices, signals } = heard;
  return { choices, signals: [...signals], ...(isObject(given) && decisionIn(given)) };
}

/** A version, not the wording itself: it is kept as long as the decision. */
const WORDING = /^[\w.:/ -]{1,64}$/;

/** When it was decided, and on which wording. */
function decisionIn(given: JsonObject): Pick<Statement, 'decidedAt' | 'wording'> {
  const { decidedAt, wording } = given;
  const at = isObject(decidedAt) ? byPurpose(decidedAt) : momentOf(decidedAt);
  return {
    ...(at !== undefined && { decidedAt: at }),
    ...(typeof wording === 'string' && WORDING.test(wording) && { wording }),
  };
}

function byPurpose(given: JsonObject): Decided | undefined {
  const moments = purposes.flatMap((purpose) => {
    const at = momentOf(given[purpose]);
    return at === undefined ? [] : [[purpose, at] as const];
  });
  return moments.length === 0 ? undefined : Object.fromEntries(moments);
}

/** ms since the epoch; undefined for what is no moment. */
function momentOf(given: Json | undefined): number | undefined {
  const at = typeof given === 'string' ? Date.parse(given) : given;
  return typeof at === 'number' && Number.isSafeInteger(at) && at > 0 ? at : undefined;
}
