/** Amounts of money in one currency, where the rules name one. */
import { isObject, type JsonObject } from '../../events/json.ts';
import type { Draft } from './draft.ts';
import { flag } from './draft.ts';
import { memo } from './memo.ts';
import type { CleanRules, FieldRule } from './rules.ts';

const codes: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const upper = memo((text) => text.trim().toUpperCase(), 1000, 16);
const DAY = 86_400_000;

/** Units of `currency` for one of the base currency at a time; undefined when the table does not say. */
export function rateAt(rules: CleanRules['currency'], currency: string, time: number): number | undefined {
  if (currency === rules.base) return 1;
  const valid = rules.rates.findLast((rates) => Date.parse(rates.from) <= time);
  const rate = valid && Object.hasOwn(valid.perBase, currency) ? valid.perBase[currency] : undefined;
  return rate !== undefined && rate > 0 ? rate : undefined;
}

/** Rounded to four decimals: the smallest unit of any currency has at most four. */
const convert = (value: number, rate: number): number => Math.round((value / rate) * 1e4) / 1e4;

function convertFields(object: JsonObject, rules: Readonly<Record<string, FieldRule>>, rate: number): void {
  for (const name in rules) {
    const value = object[name];
    if (rules[name]?.money && typeof value === 'number') object[name] = convert(value, rate);
  }
}

/**
 * Writes the currency as an upper-case code. With a base currency in the rules, converts the event's amounts
 * and those of its products at the rate of its day, and keeps the code they came in as `currency_original`.
 */
export function mendCurrency(draft: Draft, rules: CleanRules): void {
  const { properties } = draft;
  const given = properties['currency'];
  if (typeof given !== 'string') return;
  const currency = upper(given.slice(0, 16));
  properties['currency'] = currency;
  if (!codes.has(currency)) flag(draft, 'currency_unknown');
  const { base } = rules.currency;
  if (base === undefined || currency === base) return;
  const rate = rateAt(rules.currency, currency, Math.floor(draft.timestamp / DAY) * DAY);
  if (rate === undefined) {
    flag(draft, 'currency_unknown');
    return;
  }
  convertFields(properties, rules.properties, rate);
  const products = properties['products'];
  if (Array.isArray(products)) {
    for (const product of products) if (isObject(product)) convertFields(product, rules.properties, rate);
  }
  properties['currency'] = base;
  properties['currency_original'] = currency;
}
