import { expect, it } from 'vitest';
import { WellspringError } from '../domain/errors.ts';
import { readSettings, settingOf, variablesOf } from './settings.ts';

const complete = {
  WELLSPRING_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Secret',
  WELLSPRING_STREAM_EVENTS: 'events-1',
  WELLSPRING_TABLE_LEDGER: 'ledger-1',
  WELLSPRING_TABLE_STATISTICS: 'statistics-1',
  WELLSPRING_TABLE_SUPPRESSION: 'suppression-1',
  WELLSPRING_TABLE_VAULT: 'vault-1',
  WELLSPRING_LAKE_BUCKET: 'lake-1',
};

it('reads what the map calls for and nothing else', () => {
  expect(variablesOf('clean').sort()).toEqual(Object.keys(complete).sort());
  expect(readSettings('clean', { ...complete, PATH: '/usr/bin' })).toEqual(complete);
});

it.each([undefined, '', '  ', 'undefined'])(
  'refuses %j by the name of the variable, without any value',
  (value) => {
    const read = (): unknown =>
      readSettings('clean', { ...complete, WELLSPRING_TABLE_LEDGER: value, WELLSPRING_LAKE_BUCKET: value });
    expect(read).toThrow(WellspringError);
    expect(read).toThrow('clean needs the variables WELLSPRING_TABLE_LEDGER, WELLSPRING_LAKE_BUCKET.');
  },
);

it('refuses a setting outside the entry of the function', () => {
  const settings = readSettings('clean', complete);
  expect(settingOf(settings, 'WELLSPRING_LAKE_BUCKET')).toBe('lake-1');
  expect(() => settingOf(settings, 'WELLSPRING_TABLE_PROFILES')).toThrow('not in the map');
});
