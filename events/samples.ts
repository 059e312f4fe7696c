/** Samples of every call and event: one that is right, and some that are wrong at a named place. */

import type { JsonObject } from './json.ts';
import ads from './samples/ads.json' with { type: 'json' };
import calls from './samples/calls.json' with { type: 'json' };
import commerce from './samples/commerce.json' with { type: 'json' };
import social from './samples/social.json' with { type: 'json' };
import surveys from './samples/surveys.json' with { type: 'json' };

export interface WrongSample {
  /** Where the problem is, as `checkProperties` names it; calls begin with `call`. */
  readonly path: string;
  readonly value: JsonObject;
  /** JSON Schema has no words for this rule, such as the comparison of two fields. */
  readonly beyondJsonSchema?: boolean;
}

export interface Samples {
  readonly valid: JsonObject;
  readonly invalid: readonly WrongSample[];
}

/** By name of the call. */
export const callSamples: Readonly<Record<string, Samples>> = calls;
/** Properties, by name of the event. */
export const eventSamples: Readonly<Record<string, Samples>> = { ...commerce, ...social, ...ads, ...surveys };
