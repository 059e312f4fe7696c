/** Strings are put together bit by bit, as the specification lays the core segment out. */
import { expect, test } from 'vitest';
import { readTcf } from './tcf.ts';

interface Written {
  readonly version?: number;
  /** IAB purposes with consent, and with legitimate interest. */
  readonly consents: readonly number[];
  readonly interests?: readonly number[];
}

const bits = (value: number, length: number): string => value.toString(2).padStart(length, '0');
const flags = (set: readonly number[], length: number): string =>
  Array.from({ length }, (_, i) => (set.includes(i + 1) ? '1' : '0')).join('');
const letters = (text: string): string => [...text].map((c) => bits(c.charCodeAt(0) - 65, 6)).join('');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function core({ version = 2, consents, interests = [] }: Written): string {
  const deciseconds = bits(17_900_000_000, 36);
  const all = [
    bits(version, 6),
    deciseconds,
    deciseconds,
    bits(31, 12), // CmpId
    bits(640, 12), // CmpVersion
    bits(1, 6), // ConsentScreen
    letters('EN'),
    bits(126, 12), // VendorListVersion
    bits(4, 6), // TcfPolicyVersion
    '1', // IsServiceSpecific
    '0', // UseNonStandardTexts
    flags([], 12), // SpecialFeatureOptIns
    flags(consents, 24),
    flags(interests, 24),
    '0', // PurposeOneTreatment
    letters('DE'),
    bits(0, 16), // MaxVendorId of consents
    '0',
    bits(0, 16), // MaxVendorId of legitimate interests
    '0',
    bits(0, 12), // NumPubRestrictions
  ].join('');
  return (all.match(/.{1,6}/g) ?? []).map((six) => alphabet[Number.parseInt(six.padEnd(6, '0'), 2)]).join('');
}

const everything = { analytics: true, profiling: true, ads_user_data: true, ads_personalisation: true };
const nothing = { analytics: false, profiling: false, ads_user_data: false, ads_personalisation: false };
const all = Array.from({ length: 11 }, (_, i) => i + 1);

test('every purpose of ours needs all of its purposes, and no other', () => {
  const needed = {
    analytics: [1, 8, 9],
    profiling: [1, 5, 6],
    ads_user_data: [1, 2, 7],
    ads_personalisation: [1, 3, 4],
  };
  for (const [purpose, own] of Object.entries(needed)) {
    expect(readTcf(core({ consents: own }))).toEqual({ ...nothing, [purpose]: true });
    for (const missing of own) {
      const consents = all.filter((one) => one !== missing);
      expect(readTcf(core({ consents }))).toMatchObject({ [purpose]: false });
    }
  }
  expect(readTcf(core({ consents: all }))).toEqual(everything);
});

test('only the core segment counts, and only consent', () => {
  expect(readTcf(`${core({ consents: all })}.IAAA.YAAAAAAAAAAA`)).toEqual(everything);
  expect(readTcf(core({ consents: [], interests: all }))).toEqual(nothing);
});

test('what is not clearly a string of version 2 allows nothing', () => {
  const good = core({ consents: all });
  const bad = [
    '',
    '.',
    good.slice(0, 38),
    ` ${good}`,
    good.replace(good.slice(10, 11), '%'),
    core({ version: 1, consents: all }),
    core({ version: 3, consents: all }),
    `${good}${'A'.repeat(9000)}`,
    42,
    null,
    [good],
    { tcString: good },
  ];
  for (const given of bad) expect(readTcf(given)).toEqual(nothing);
});
