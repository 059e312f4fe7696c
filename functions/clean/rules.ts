/**
 * What cleaning does with each field, in one place. The defaults leave a shop's data as it is:
 * nothing is filled in, cut or converted; amounts far outside the usual are flagged; authors are hidden,
 * and traits that name a person sealed.
 */

import { identifyingTraits } from '../../domain/vault/identifying.ts';

export interface FillRule {
  /** `mean`, `median`: of this field; `mode`: its most frequent text; `nearest`: from the most similar event. */
  readonly fill: 'mean' | 'median' | 'mode' | 'nearest';
  /** Event names that should carry the field; elsewhere its absence is normal. */
  readonly events: readonly string[];
}

export interface OutlierRule {
  /**
   * `robust-z`: distance from the median in units of the scaled median absolute deviation.
   * `iqr`: distance beyond the nearer quartile in units of the interquartile range.
   */
  readonly method: 'robust-z' | 'iqr';
  readonly limit: number;
  /** Measure on the logarithm: right for money, whose spread is in proportion. Values up to 0 are then let through. */
  readonly log?: true;
  readonly action: 'flag' | 'cap' | 'quarantine';
}

/**
 * `hash`: a keyed pseudonym, equal for equal values of one tenant. `truncate`: an address to its network,
 * other text to three characters. `reduce`: a date to its year, a number to two significant digits,
 * an e-mail address to its domain; whatever else is dropped. `seal`: readable with the person's key in the vault alone.
 */
export type Pseudonymise = 'keep' | 'hash' | 'drop' | 'truncate' | 'reduce' | 'seal';

export interface FieldRule {
  /** A number is expected: any other value is dropped and flagged. */
  readonly number?: true;
  /** How numbers in text are written; without it a text is no number, because "1.250" means two things. */
  readonly decimals?: 'point' | 'comma';
  /** An amount of money in the event's `currency`. */
  readonly money?: true;
  /** Multiplied in, to bring another unit to the one of the field. */
  readonly factor?: number;
  readonly missing?: FillRule;
  readonly outlier?: OutlierRule;
  /** Writes `<field>_scaled` beside the field: `min-max` to [0, 1], `z` to standard deviations from the mean. */
  readonly scale?: 'min-max' | 'z';
  readonly pseudonymise?: Pseudonymise;
}

/** Units of a currency for one unit of the base currency, valid from a date on. */
export interface Rates {
  /** `YYYY-MM-DD`, UTC. */
  readonly from: string;
  readonly perBase: Readonly<Record<string, number>>;
}

export interface CleanRules {
  readonly properties: Readonly<Record<string, FieldRule>>;
  readonly traits: Readonly<Record<string, FieldRule>>;
  /** What happens to e-mail addresses and telephone numbers found anywhere in properties. */
  readonly contacts: 'keep' | 'hash';
  /** What happens to a trait in which one is found, unless its own rule says something else. */
  readonly contactsInTraits: 'keep' | 'seal';
  /** Amounts are converted to `base` when it is set. `rates` in ascending order of `from`. */
  readonly currency: { readonly base?: string; readonly rates: readonly Rates[] };
  readonly bots: 'suppress' | 'keep';
  /** Sources whose numeric timestamps are seconds. */
  readonly secondsSources: readonly string[];
}

/** Flags what lies more than e^(8 x 1.4826 x MAD of the logarithm) away from the median. */
const unusualAmount: OutlierRule = { method: 'robust-z', limit: 8, log: true, action: 'flag' };
const amount: FieldRule = { number: true, money: true, outlier: unusualAmount };

export const defaultRules: CleanRules = {
  properties: {
    price: amount,
    revenue: amount,
    total: amount,
    subtotal: amount,
    tax: amount,
    shipping: amount,
    discount: amount,
    quantity: { number: true, outlier: unusualAmount },
    author: { pseudonymise: 'hash' },
    ip: { pseudonymise: 'truncate' },
    ip_address: { pseudonymise: 'truncate' },
  },
  traits: Object.fromEntries(identifyingTraits.map((name) => [name, { pseudonymise: 'seal' as const }])),
  contacts: 'hash',
  contactsInTraits: 'seal',
  currency: { rates: [] },
  bots: 'suppress',
  secondsSources: [],
};
