import { expect, it } from 'vitest';
import { maskId, maskText, maskValue } from './mask.ts';

it('leaves of a text too little to reach anybody', () => {
  expect(
    ['ada@example.com', '+49 30 1234523', '030 1234523', 'Ada Lovelace', 'Li', '', '[erased]'].map(maskText),
  ).toEqual(['a…@example.com', '+49…23', '030…23', 'A…', 'L…', '', '[erased]']);
});

it('leaves of an id its first characters', () => {
  expect(['ada-lovelace', 'ada-12', 'ada', '1'].map(maskId)).toEqual(['ada…', 'ada…', 'a…', '1…']);
});

it('masks everything inside a value', () => {
  expect(maskValue({ city: 'Ulm', lines: ['Main St 1'] })).toEqual({ city: 'U…', lines: ['M…'] });
  expect(maskValue(89073)).toBe('…');
  expect(maskValue({ postalCode: 89073, active: true })).toEqual({ postalCode: '…', active: true });
});
