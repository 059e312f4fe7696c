/**
 * The IAB's TC string, version 2, as far as it concerns us: which of its purposes the person consents to. Only consent
 * counts, not legitimate interest, and vendors are not looked at, because we are on no vendor list.
 */
import type { Purpose } from '../../events/envelope.ts';

/** Bits of the core segment before the consents: version, times, the consent manager, language, policy, special features. */
const CONSENTS_AT = 152;
const PURPOSES = 24;
/** Up to the flag that says how vendors are written; without those bits the string is cut. */
const CORE_BITS = 230;
const VERSION = 2;
/** A text longer than this is no TC string. */
const LONGEST = 8192;

/** All of these purposes of the IAB must be agreed to: storing on the device, and what the purpose does. */
const needed = {
  /** Content measured, audiences understood. */
  analytics: [1, 8, 9],
  /** Profiles made and used to personalise content. */
  profiling: [1, 5, 6],
  /** Ads chosen by limited data, and measured. */
  ads_user_data: [1, 2, 7],
  /** Profiles made and used for ads. */
  ads_personalisation: [1, 3, 4],
} as const satisfies { readonly [P in Purpose]?: readonly number[] };

/** The purposes that a TC string speaks for. */
export const tcfPurposes = ['analytics', 'profiling', 'ads_user_data', 'ads_personalisation'] as const;
export type TcfChoices = { readonly [P in (typeof tcfPurposes)[number]]: boolean };

const refused: TcfChoices = {
  analytics: false,
  profiling: false,
  ads_user_data: false,
  ads_personalisation: false,
};

/** What a TC string allows. Anything that is not clearly one allows nothing. */
export function readTcf(given: unknown): TcfChoices {
  const bits = typeof given === 'string' && given.length <= LONGEST ? coreBits(given) : undefined;
  if (!bits || numberAt(bits, 0, 6) !== VERSION) return refused;
  const consents = (purpose: number): boolean =>
    purpose <= PURPOSES && numberAt(bits, CONSENTS_AT + purpose - 1, 1) === 1;
  const allows = (purpose: keyof typeof needed): boolean => needed[purpose].every(consents);
  return {
    analytics: allows('analytics'),
    profiling: allows('profiling'),
    ads_user_data: allows('ads_user_data'),
    ads_personalisation: allows('ads_personalisation'),
  };
}

/** The first of the segments, which dots divide; base64url without padding. */
function coreBits(text: string): Uint8Array | undefined {
  const core = text.split('.', 1)[0] ?? '';
  if (!/^[\w-]+$/.test(core) || core.length * 6 < CORE_BITS) return undefined;
  return Buffer.from(core, 'base64url');
}

/** Big-endian, most significant bit first. */
function numberAt(bits: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let bit = from; bit < from + length; bit++) {
    value = value * 2 + (((bits[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}
