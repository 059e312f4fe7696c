import { expect, test } from 'vitest';
import type { CleanEvent, Consent } from '../../events/envelope.ts';
import { cleanOk, exampleEvent } from '../../functions/clean/example.ts';
import {
  addConsent,
  type ConsentRecord,
  emptyConsent,
  historyOf,
  isRefused,
  refuses,
  standingAnswer,
} from './record.ts';

const base = cleanOk(exampleEvent(1));
const HOUR = 3_600_000;

/** Says at an hour; `decided`: the hour of the decision. */
function saying(hour: number, consent: Consent, decided?: number, by: Partial<CleanEvent> = {}): CleanEvent {
  const consentBy = {
    signals: ['own'] as const,
    ...(decided !== undefined && { decidedAt: decided * HOUR }),
  };
  return { ...base, timestamp: hour * HOUR, receivedAt: hour * HOUR, consent, consentBy, ...by };
}

const recordOf = (...events: CleanEvent[]): ConsentRecord =>
  events.reduce((record, event) => (addConsent(record, event), record), emptyConsent());

const allowed = (...events: CleanEvent[]): boolean | undefined =>
  standingAnswer(recordOf(...events).answers.get('email'))?.granted;

const yes = { email: true };
const no = { email: false };

test('the newest answer counts, and of two at the same time the refusal', () => {
  expect(allowed(saying(1, yes), saying(2, no))).toBe(false);
  expect(allowed(saying(1, no), saying(2, yes))).toBe(true);
  expect(allowed(saying(1, yes), saying(1, no))).toBe(false);
  expect(allowed(saying(3, yes, 1), saying(4, no, 1))).toBe(false);
  expect(allowed()).toBeUndefined();
});

test('a withdrawal is not undone by whoever repeats an older yes', () => {
  const withdrawal = saying(10, no, 10);
  expect(allowed(withdrawal, saying(20, yes, 5))).toBe(false);
  expect(allowed(withdrawal, saying(20, yes))).toBe(false);
  expect(allowed(withdrawal, saying(20, yes, 15))).toBe(true);
  // Once lifted by a decision, sayings count again.
  expect(allowed(withdrawal, saying(12, yes, 12), saying(15, no), saying(20, yes))).toBe(true);
});

test('each purpose may have been decided at its own time', () => {
  const decidedAt = { email: 12 * HOUR, analytics: 5 * HOUR };
  const record = recordOf(
    saying(10, { analytics: false }, 10),
    saying(13, { analytics: true, email: true }, undefined, { consentBy: { signals: ['own'], decidedAt } }),
  );
  expect(refuses(record, 'analytics')).toBe(true);
  expect(refuses(record, 'email')).toBe(false);
  expect(historyOf(record).map(({ purpose, decidedAt: at }) => [purpose, (at ?? 0) / HOUR])).toEqual([
    ['analytics', 5],
    ['analytics', 10],
    ['email', 12],
  ]);
});

test('a decision from the future counts as said now', () => {
  expect(allowed(saying(10, no, 10), saying(11, yes, 500))).toBe(false);
});

test('the history is the script', () => {
  const api = {
    consentBy: { signals: ['api'] as const, decidedAt: 10 * HOUR, wording: 'v2' },
    source: 'console',
  };
  const record = recordOf(
    saying(1, yes, 1),
    saying(2, { email: true, sms: true }),
    saying(5, { email: true, sms: true }),
    saying(10, no, 10, api),
    saying(12, yes, 12),
  );
  const told = historyOf(record).filter(({ purpose }) => purpose === 'email');
  expect(told.map((entry) => [entry.granted, (entry.decidedAt ?? -1) / HOUR])).toEqual([
    [true, 1],
    [true, -1 / HOUR],
    [false, 10],
    [true, 12],
  ]);
  expect(told[1]).toMatchObject({ firstSaid: 2 * HOUR, lastSaid: 5 * HOUR });
  expect(told[2]).toMatchObject({ signals: ['api'], wording: 'v2', source: 'console' });
});

test('nobody can push out of the history what came through the API', () => {
  const api = { consentBy: { signals: ['api'] as const, decidedAt: HOUR } };
  const noise = Array.from({ length: 200 }, (_, i) => saying(i + 2, { email: i % 2 === 0 }, i + 2));
  const record = recordOf(saying(1, no, 1, api), ...noise);
  expect(historyOf(record).filter(({ signals }) => signals.includes('api'))).toHaveLength(1);
  expect(record.history.size).toBeLessThan(80);
});

test('who refuses analytics is not followed, whatever an event repeats; consent itself is heard', () => {
  const record = recordOf(saying(10, { analytics: false }, 10));
  expect(refuses(record, 'analytics')).toBe(true);
  expect(isRefused(record, { ...base })).toBe(true);
  expect(isRefused(record, saying(20, { analytics: true }, 5))).toBe(true);
  expect(isRefused(record, saying(20, { analytics: true }, 15))).toBe(false);
  const updated = saying(20, { analytics: true }, 5, { type: 'track', event: 'Consent Updated' });
  expect(isRefused(record, updated)).toBe(false);
  expect(isRefused(emptyConsent(), base)).toBe(false);
});
