import { describe, expect, it } from 'vitest';
import { cleanOk, exampleEvent } from './example.ts';
import { parseNumber } from './numbers.ts';
import { type CleanRules, defaultRules, type FieldRule } from './rules.ts';

const rulesFor = (properties: Record<string, FieldRule>): CleanRules => ({ ...defaultRules, properties });
const properties = (given: Record<string, unknown>, rules: CleanRules): Record<string, unknown> =>
  cleanOk({ ...exampleEvent(1), properties: given }, {}, { rules }).properties;

describe('parseNumber', () => {
  it('reads what the declared notation allows', () => {
    expect(parseNumber('12,50', 'comma')).toBe(12.5);
    expect(parseNumber('1.234.567,89', 'comma')).toBe(1_234_567.89);
    expect(parseNumber('1\u202f234,5', 'comma')).toBe(1234.5);
    expect(parseNumber(' 12.50 ', 'point')).toBe(12.5);
    expect(parseNumber('1,234.5', 'point')).toBe(1234.5);
    expect(Object.is(parseNumber('-0', 'point'), 0)).toBe(true);
  });

  it('refuses everything else rather than guess', () => {
    const wrong = ['', 'NaN', 'Infinity', '1e5', '0x10', '12.50 EUR', '1.2.3', '12,50,', '--1', '1 2'];
    expect(wrong.filter((text) => parseNumber(text, 'comma') !== undefined)).toEqual([]);
    expect(parseNumber('12,50', 'point')).toBeUndefined();
    expect(parseNumber('12.50', 'comma')).toBeUndefined();
    expect(parseNumber('9'.repeat(400), 'point')).toBeUndefined();
  });
});

describe('number rules', () => {
  it('read text in the declared notation, also inside products', () => {
    const rules = rulesFor({ price: { number: true, decimals: 'comma' } });
    expect(properties({ price: '12,50', products: [{ price: '3,1' }, { price: 'x' }, 7] }, rules)).toEqual({
      price: 12.5,
      products: [{ price: 3.1 }, {}, 7],
    });
  });

  it('bring a field to its unit', () => {
    expect(properties({ weight: 250 }, rulesFor({ weight: { number: true, factor: 0.001 } }))).toEqual({
      weight: 0.25,
    });
  });
});
