/** Numbers where the rules expect them, also when a source writes them as text. */
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { type Draft, flag } from './draft.ts';
import type { FieldRule } from './rules.ts';

const plain = {
  point: /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/,
  comma: /^[+-]?(\d+|\d{1,3}([. \u00a0\u202f]\d{3})+)(,\d+)?$/,
} as const;
const grouping = { point: /,/g, comma: /[. \u00a0\u202f]/g } as const;

/** The number that a text means in the declared notation; undefined when it means none. */
export function parseNumber(text: string, decimals: 'point' | 'comma'): number | undefined {
  const trimmed = text.trim();
  if (!plain[decimals].test(trimmed)) return undefined;
  const value = Number(trimmed.replace(grouping[decimals], '').replace(',', '.'));
  return Number.isFinite(value) ? value + 0 : undefined;
}

function read(value: Json, rule: FieldRule): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || rule.decimals === undefined) return undefined;
  return parseNumber(value, rule.decimals);
}

function mendFields(draft: Draft, object: JsonObject, rules: Readonly<Record<string, FieldRule>>): void {
  for (const name in rules) {
    const rule = rules[name];
    const value = object[name];
    if (!rule?.number || value === undefined || value === null || !Object.hasOwn(object, name)) continue;
    const number = read(value, rule);
    if (number === undefined) {
      delete object[name];
      flag(draft, 'not_a_number');
    } else object[name] = rule.factor === undefined ? number : number * rule.factor;
  }
}

/** Applies the number rules to an object, and to each of its `products`. */
export function mendNumbers(
  draft: Draft,
  object: JsonObject,
  rules: Readonly<Record<string, FieldRule>>,
): void {
  mendFields(draft, object, rules);
  const products = object['products'];
  if (!Array.isArray(products)) return;
  for (const product of products) if (isObject(product)) mendFields(draft, product, rules);
}
