import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { distributionOf, sharesOf, stability, verdictOf } from './drift.ts';

const draw = (mean: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 3000 }, () => mean + random() + random());
};

describe('population stability', () => {
  it('is 0 for the values themselves', () => {
    const values = draw(0, 1);
    expect(stability(distributionOf(values), values)).toBeCloseTo(0);
  });

  it('stays small for another sample and grows with the shift', () => {
    const then = distributionOf(draw(0, 1));
    const [same, near, far] = [draw(0, 2), draw(0.25, 3), draw(1, 4)].map((values) =>
      stability(then, values),
    );
    expect(verdictOf(same ?? 1)).toBe('stable');
    expect(near).toBeGreaterThan(same ?? 1);
    expect(verdictOf(far ?? 0)).toBe('large');
  });

  it('is never negative, and shares add up to 1', () => {
    const list = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(list, list, (then, now) => {
        const known = distributionOf(then);
        expect(stability(known, now)).toBeGreaterThanOrEqual(0);
        expect(sharesOf(now, known.cuts).reduce((a, b) => a + b, 0)).toBeCloseTo(1);
      }),
    );
  });

  it('knows a value that is always the same', () => {
    const then = distributionOf([3, 3, 3]);
    expect(stability(then, [3, 3])).toBeCloseTo(0);
    expect(then.cuts).toEqual([]);
  });
});
