import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Breaker, closed, failed, LIMIT, phaseOf, probing, succeeded } from './breaker.ts';

const NOW = Date.UTC(2026, 5, 1);

/** The breaker after `count` failures at once. */
const after = (count: number): Breaker => {
  let breaker = closed;
  for (let i = 0; i < count; i++) breaker = failed(breaker, NOW);
  return breaker;
};

describe('the breaker', () => {
  it('stays closed below the limit and opens at it', () => {
    expect(phaseOf(after(LIMIT - 1), NOW)).toBe('closed');
    expect(phaseOf(after(LIMIT), NOW)).toBe('open');
  });

  it('lets one question through after the wait, and no second one beside it', () => {
    const open = after(LIMIT);
    expect(phaseOf(open, open.openUntil - 1)).toBe('open');
    expect(phaseOf(open, open.openUntil)).toBe('half-open');
    const asked = probing(open, open.openUntil);
    expect(phaseOf(asked, open.openUntil)).toBe('open');
    // A question whose answer never came does not keep it open for ever.
    expect(phaseOf(asked, asked.openUntil)).toBe('half-open');
  });

  it('closes by an answer, and waits longer after another failure', () => {
    const open = after(LIMIT);
    const again = failed(probing(open, open.openUntil), open.openUntil);
    expect(again.openUntil - open.openUntil).toBeGreaterThan(open.openUntil - NOW);
    expect(phaseOf(succeeded(), NOW)).toBe('closed');
  });

  it('never waits longer than two minutes', () => {
    fc.assert(
      fc.property(fc.nat(60), (failures) => {
        expect(failed({ failures, openUntil: 0 }, NOW).openUntil - NOW).toBeLessThanOrEqual(120_000);
      }),
    );
  });
});
