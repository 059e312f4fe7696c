import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeScores, encodeScores, FRESH_MS, isStale, OLD_MS, type Scores, succeed } from './scores.ts';

const NOW = Date.UTC(2026, 5, 1);
const by = { modelVersion: 'v', profileVersion: 4, at: NOW };
const scores: Scores = {
  version: 1,
  profileVersion: 4,
  behaviour: { ...by, model: 'behaviour', purchase: 0.2, churn: 0.3, nextOrderValue: 12 },
  next: { ...by, model: 'behaviour', mode: 'blend', items: [{ item: 'a', score: 1, because: 'behaviour' }] },
  missing: { classes: 'no_model' },
};
const without = (reason: 'no_model' | 'endpoint_unavailable', profileVersion: number): Scores => ({
  version: 1,
  profileVersion,
  missing: { behaviour: reason, classes: 'no_model', next: 'no_model' },
});

describe('scores', () => {
  it('are read as they were written', () => {
    const data = encodeScores(scores);
    expect(decodeScores({ pk: '', sk: '', version: 1, data })).toEqual(scores);
    expect(() => decodeScores({ pk: '', sk: '', version: 1, data: data.slice(1) })).toThrow('JSON');
  });

  it('are fresh while they rest on the newest state, or nearly', () => {
    const stale = (version: number, later: number): boolean =>
      isStale(by, { version, changedAt: NOW }, NOW + later);
    expect(stale(4, OLD_MS)).toBe(false);
    expect(stale(5, FRESH_MS)).toBe(false);
    expect(stale(5, FRESH_MS + 1)).toBe(true);
    expect(stale(4, OLD_MS + 1)).toBe(true);
  });

  it('keep the last chances, as old as they are, while the endpoint is out', () => {
    expect(succeed(without('endpoint_unavailable', 5), scores)).toEqual({
      ...without('endpoint_unavailable', 5),
      behaviour: scores.behaviour,
    });
  });

  it('say nothing by a model that serves no more', () => {
    expect(succeed(without('no_model', 5), scores)).toEqual(without('no_model', 5));
  });

  it('rest on the newest profile seen, in whatever order they come', () => {
    const versions = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(versions, (order) => {
        let stored: Scores | undefined;
        for (const version of order) stored = succeed(without('no_model', version), stored) ?? stored;
        expect(stored?.profileVersion).toBe(Math.max(...order));
      }),
    );
  });
});
