import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { averagePrecision, brier, calibrationError, logLoss, rocAuc } from './binary.ts';
import { pairedBootstrap } from './bootstrap.ts';
import { accuracy, confusion, f1, macroF1 } from './classes.ts';
import { meanAbsoluteError, rootMeanSquaredError, rSquared } from './regression.ts';

describe('outcomes that are 0 or 1', () => {
  // Pairs (one, zero): 0.8 beats 0.6 and 0.2; 0.6 ties 0.6 and beats 0.2: 3.5 of 4.
  const y = [1, 0, 1, 0];
  const p = [0.8, 0.6, 0.6, 0.2];

  it('by hand', () => {
    expect(rocAuc(y, p)).toBe(0.875);
    // Levels 0.8 (1 of 1), 0.6 (1 of 2): 1/2 * 1 + 1/2 * 2/3.
    expect(averagePrecision(y, p)).toBeCloseTo(0.5 + 1 / 3);
    expect(brier(y, p)).toBeCloseTo((0.04 + 0.36 + 0.16 + 0.04) / 4);
    expect(logLoss(y, p)).toBeCloseTo(-(Math.log(0.8) + Math.log(0.4) + Math.log(0.6) + Math.log(0.8)) / 4);
  });

  it('calibration by hand, in bins of equal size', () => {
    // Bins {0.8, 0.6} and {0.6, 0.2}; the two at 0.6 share one outcome, half each.
    expect(calibrationError(y, p, 2)).toBeCloseTo((Math.abs(1.4 - 1.5) + Math.abs(0.8 - 0.5)) / 4);
    expect(calibrationError([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], 2)).toBe(0);
    expect(calibrationError([1, 1, 0], [1, 1, 1], 7)).toBeCloseTo(1 / 3);
  });

  it('a sure miss costs much, but is finite', () => {
    expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-15));
  });

  it.each([
    ['no rows', [], []],
    ['two lengths', [1, 0], [0.5]],
    ['no number', [1, 0], [0.5, Number.NaN]],
    ['another outcome', [2, 0], [0.5, 0.5]],
    ['one outcome only', [1, 1], [0.5, 0.5]],
  ])('refuses %s', (_, outcomes, predicted) => {
    expect(() => rocAuc(outcomes, predicted)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});

describe('classes', () => {
  const counts = confusion([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], 3);

  it('by hand', () => {
    expect(counts).toEqual([
      [1, 1, 0],
      [1, 2, 0],
      [0, 0, 0],
    ]);
    expect(accuracy(counts)).toBe(0.6);
    expect(f1(counts)).toEqual([0.5, 2 / 3, 0]);
    expect(macroF1(counts)).toBeCloseTo((0.5 + 2 / 3) / 2);
  });

  it('a class that is only ever predicted counts, with 0', () => {
    expect(macroF1(confusion([0, 0], [0, 1], 2))).toBeCloseTo(2 / 3 / 2);
  });

  it('refuses a class that is none', () => {
    expect(() => confusion([0], [3], 3)).toThrow(expect.objectContaining({ code: 'refused' }));
    expect(() => confusion([0.5], [0], 3)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});

it('amounts, by hand', () => {
  expect(meanAbsoluteError([1, 2, 3], [2, 2, 5])).toBe(1);
  expect(rootMeanSquaredError([1, 2, 3], [2, 2, 5])).toBeCloseTo(Math.sqrt(5 / 3));
  expect(rSquared([1, 2, 3], [2, 2, 5])).toBeCloseTo(1 - 5 / 2);
  expect(rSquared([1, 2, 3], [2, 2, 2])).toBe(0);
  expect([rSquared([4, 4], [4, 4]), rSquared([4, 4], [4, 5])]).toEqual([1, 0]);
});

describe('paired bootstrap', () => {
  const random = seededRandom(1);
  const theirs = Array.from({ length: 300 }, () => random());
  const ours = theirs.map((value) => value + 0.02 + (random() - 0.5) / 10);

  it('sees a small difference through noise that both share', () => {
    const { mean, low, high } = pairedBootstrap(ours, theirs, { random: seededRandom(2) });
    expect(low).toBeGreaterThan(0);
    expect(mean).toBeGreaterThan(low);
    expect(high).toBeGreaterThan(mean);
    // Noise of width 0.1 has deviation 0.029: the interval is about 4 * 0.029 / sqrt(300) wide.
    expect(high - low).toBeCloseTo((2 * 1.96 * 0.1) / Math.sqrt(12 * 300), 2);
  });

  it('gives the same for the same seed, and says nothing about a model against itself', () => {
    const once = pairedBootstrap(ours, theirs, { random: seededRandom(3) });
    expect(pairedBootstrap(ours, theirs, { random: seededRandom(3) })).toEqual(once);
    expect(pairedBootstrap(ours, ours, { random: seededRandom(3) })).toEqual({ mean: 0, low: 0, high: 0 });
  });

  it('is wider where cases come in groups', () => {
    const long = ours.flatMap((value) => Array.from({ length: 4 }, () => value));
    const other = theirs.flatMap((value) => Array.from({ length: 4 }, () => value));
    const groups = long.map((_, i) => Math.floor(i / 4));
    const width = (options: { groups?: number[] }): number => {
      const { low, high } = pairedBootstrap(long, other, { random: seededRandom(4), ...options });
      return high - low;
    };
    expect(width({ groups }) / width({})).toBeGreaterThan(1.6);
  });
});
