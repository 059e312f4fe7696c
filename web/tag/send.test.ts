import { expect, test } from 'vitest';
import { pause, retryAfter } from './send.ts';

test('pauses double from one second to a minute, half of each random', () => {
  const shortest = [1, 2, 3, 4, 7, 8, 2000].map((failures) => pause(failures, 0, 0));
  expect(shortest).toEqual([500, 1000, 2000, 4000, 30_000, 30_000, 30_000]);
  expect([1, 2, 7, 2000].map((failures) => pause(failures, 0, 1))).toEqual([1000, 2000, 60_000, 60_000]);
});

test('a pause is never shorter than the collector asked', () => {
  expect(pause(1, 30_000, 0)).toBe(30_000);
  expect(pause(9, 90_000, 1)).toBe(91_000);
});

test('Retry-After is read in seconds and as a date, and at most a day is believed', () => {
  const now = Date.UTC(2026, 10, 23, 12, 0, 0);
  expect(retryAfter('30', now)).toBe(30_000);
  expect(retryAfter('Mon, 23 Nov 2026 12:00:45 GMT', now)).toBe(45_000);
  expect(retryAfter('9999999999', now)).toBe(86_400_000);
  for (const nonsense of [null, '', '0', '-5', 'soon', 'Mon, 23 Nov 2026 11:00:00 GMT']) {
    expect(retryAfter(nonsense, now)).toBe(0);
  }
});
