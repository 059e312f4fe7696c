import { expect, test } from 'vitest';
import { purposes } from '../../events/envelope.ts';
import type { Json, JsonObject } from '../../events/json.ts';
import { readConsent } from './read.ts';

const fields = ['ad_storage', 'analytics_storage', 'ad_user_data', 'ad_personalization'] as const;
const choicesOf = (consent: Json, gpc = false) => readConsent({ consent }, gpc)?.choices;

/** What the four signals mean, said a second time. */
function expected(on: readonly boolean[], gpc: boolean): Record<string, boolean> {
  const [adStorage = false, analytics = false, userData = false, personal = false] = on;
  return {
    analytics,
    ads_user_data: !gpc && adStorage && userData,
    ads_personalisation: !gpc && adStorage && personal,
  };
}

test('all sixteen combinations of consent mode, with and without Global Privacy Control', () => {
  for (const gpc of [false, true]) {
    for (let mask = 0; mask < 16; mask++) {
      const on = fields.map((_, i) => (mask & (1 << i)) !== 0);
      const said = Object.fromEntries(fields.map((name, i) => [name, on[i] ? 'granted' : 'denied']));
      expect(choicesOf(said, gpc)).toEqual(expected(on, gpc));
    }
  }
});

test('anything but a clear yes is a no', () => {
  for (const value of ['maybe', '', 'GRANTED ', 1, null, [], {}, 'denied', false]) {
    expect(choicesOf({ analytics_storage: value, profiling: value })).toEqual({
      analytics: false,
      profiling: false,
    });
  }
});

test('what cannot be read refuses all that it speaks for', () => {
  const refused = Object.fromEntries(purposes.map((purpose) => [purpose, false]));
  for (const consent of ['granted', true, 1, ['analytics']]) expect(choicesOf(consent)).toEqual(refused);
  expect(choicesOf({ categoryPreferences: 'all' })).toEqual(refused);
  expect(choicesOf({ tcString: 'broken', email: true })).toEqual({
    analytics: false,
    profiling: false,
    ads_user_data: false,
    ads_personalisation: false,
    email: true,
  });
});

test('a refusal by one signal wins over a permission by another', () => {
  expect(choicesOf({ analytics: true, analytics_storage: 'denied' })).toMatchObject({ analytics: false });
  expect(choicesOf({ advertising: true }, true)).toEqual({
    ads_user_data: false,
    ads_personalisation: false,
  });
});

test('says by which signals, and when where the sender tells', () => {
  const context: JsonObject = {
    consent: { email: true, ad_storage: 'granted', decidedAt: '2026-03-01T12:00:00Z', wording: '2026-02' },
  };
  expect(readConsent(context, true)).toEqual({
    choices: { email: true, ads_user_data: false, ads_personalisation: false },
    signals: ['own', 'consent_mode', 'gpc'],
    decidedAt: Date.UTC(2026, 2, 1, 12),
    wording: '2026-02',
  });
  const each = { email: 5, sms: '1970-01-01T00:00:00.007Z', profiling: 'x', __proto__: 1 };
  expect(readConsent({ consent: { email: true, sms: true, decidedAt: each } }, false)).toMatchObject({
    decidedAt: { email: 5, sms: 7 },
  });
  for (const bad of ['yesterday', -1, 1e300, {}, null]) {
    expect(readConsent({ consent: { email: true, decidedAt: bad, wording: 'a\u0000' } }, false)).toEqual({
      choices: { email: true },
      signals: ['own'],
    });
  }
  expect(readConsent({}, false)).toBeUndefined();
  expect(readConsent({ consent: null }, false)).toBeUndefined();
});
