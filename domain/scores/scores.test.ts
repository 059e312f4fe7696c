import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closed, failed, LIMIT, mayAsk, succeeded } from './breaker.ts';
import { decodeScores, encodeScores, FRESH_MS, freshness, OLD_MS, type Scores } from './scores.ts';

const NOW = Date.UTC(2026, 5, 1);
const scores: Scores = {
  version: 1,
  profileVersion: 4,
  at: NOW,
  behaviour: { model: 'm', purchase: 0.2, churn: 0.3, nextOrderValue: 12 },
  next: { mode: 'blend', model: 'm', items: [{ item: 'a', score: 1, because: 'behaviour' }] },
};

describe('scores', () => {
  it('are read as they were written', () => {
    const data = encodeScores(scores);
    expect(decodeScores({ pk: '', sk: '', version: 1, data })).toEqual(scores);
    expect(() => decodeScores({ pk: '', sk: '', version: 1, data: data.slice(1) })).toThrow('JSON');
  });

  it('are fresh while they rest on the newest state, or nearly', () => {
    expect(freshness(scores, { version: 4, changedAt: NOW }, NOW)).toBe('fresh');
    expect(freshness(scores, { version: 5, changedAt: NOW }, NOW + FRESH_MS)).toBe('fresh');
    expect(freshness(scores, { version: 5, changedAt: NOW }, NOW + FRESH_MS + 1)).toBe('stale');
    expect(freshness(scores, { version: 4, changedAt: NOW }, NOW + OLD_MS + 1)).toBe('stale');
  });
});

describe('the breaker', () => {
  it('stays closed below the limit, opens at it, and lets one question through after the wait', () => {
    let breaker = closed;
    for (let i = 1; i < LIMIT; i++) breaker = failed(breaker, NOW);
    expect(mayAsk(breaker, NOW)).toBe(true);
    breaker = failed(breaker, NOW);
    expect(mayAsk(breaker, NOW)).toBe(false);
    expect(mayAsk(breaker, breaker.openUntil)).toBe(true);
    const again = failed(breaker, breaker.openUntil);
    expect(again.openUntil - breaker.openUntil).toBeGreaterThan(breaker.openUntil - NOW);
    expect(succeeded()).toEqual(closed);
  });

  it('never waits longer than two minutes', () => {
    fc.assert(
      fc.property(fc.nat(60), (failures) => {
        expect(failed({ failures, openUntil: 0 }, NOW).openUntil - NOW).toBeLessThanOrEqual(120_000);
      }),
    );
  });
});
