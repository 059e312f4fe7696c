import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, brier, calibrationError, logLoss, rocAuc } from './binary.ts';
import { pairedBootstrap } from './bootstrap.ts';
import { rankOf } from './ranking.ts';

/** Rows with both outcomes; predictions in tenths, so that many are equal. */
const rows = fc
  .array(fc.record({ y: fc.constantFrom(0, 1), p: fc.integer({ min: 0, max: 10 }) }), { maxLength: 40 })
  .map((list) => [{ y: 0, p: 3 }, { y: 1, p: 4 }, ...list]);
const split = (list: readonly { y: number; p: number }[]) => ({
  y: list.map(({ y }) => y),
  p: list.map(({ p }) => p / 10),
});

describe('measures of outcomes', () => {
  it('AUC is the share of pairs in order', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { y, p } = split(list);
        const pairs = list.flatMap((one) =>
          one.y === 1
            ? list
                .filter((zero) => zero.y === 0)
                .map((zero) => (one.p > zero.p ? 1 : one.p === zero.p ? 0.5 : 0))
            : [],
        );
        const expected = pairs.reduce<number>((a, b) => a + b, 0) / pairs.length;
        expect(rocAuc(y, p)).toBeCloseTo(expected, 10);
        expect(
          rocAuc(y, p) +
            rocAuc(
              y,
              p.map((value) => -value),
            ),
        ).toBeCloseTo(1, 10);
        expect(
          rocAuc(
            y,
            p.map((value) => value ** 3),
          ),
        ).toBe(rocAuc(y, p));
      }),
    );
  });

  it('do not depend on the order of rows', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const [a, b] = [split(list), split(list.toReversed())];
        for (const measure of [rocAuc, averagePrecision, brier, logLoss, calibrationError]) {
          expect(measure(b.y, b.p)).toBeCloseTo(measure(a.y, a.p), 9);
        }
      }),
    );
  });

  it('stay within 0 and 1; one bin compares the means', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 60 }), (list, bins) => {
        const { y, p } = split(list);
        for (const value of [averagePrecision(y, p), brier(y, p), calibrationError(y, p, bins)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        const gap = list.reduce((sum, row) => sum + row.p / 10 - row.y, 0) / list.length;
        expect(calibrationError(y, p, 1)).toBeCloseTo(Math.abs(gap), 9);
        expect(calibrationError(y, p, bins)).toBeGreaterThanOrEqual(Math.abs(gap) - 1e-9);
      }),
    );
  });
});

it('a rank is never better than the mean of the places that equal scores share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
      fc.nat(),
      (scores, any) => {
        const target = any % scores.length;
        const own = scores[target] ?? 0;
        const above = scores.filter((score) => score > own).length;
        const equal = scores.filter((score) => score === own).length;
        const rank = rankOf(scores, target);
        expect(rank).toBeGreaterThanOrEqual(above + (equal + 1) / 2);
        expect(rank).toBeLessThan(above + (equal + 1) / 2 + 1);
      },
    ),
  );
});

it('a bootstrap of a constant difference is that constant', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }), (theirs) => {
      const random = (): number => 0.3;
      const { mean, low, high } = pairedBootstrap(
        theirs.map((value) => value + 2),
        theirs,
        { random, rounds: 20 },
      );
      expect([mean, low, high]).toEqual([2, 2, 2]);
    }),
  );
});
