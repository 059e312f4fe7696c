import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { calibrationLuck } from './allowance.ts';
import { type GateInput, judge, LEAST_CASES } from './gate.ts';

const CASES = 400;
const noisy = (mean: number, seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: CASES }, () => mean + (random() - 0.5) * 0.2);
};
const input = (more: Partial<GateInput> = {}): GateInput => ({
  figure: 'MRR@20',
  contest: {
    challenger: noisy(0.5, 1),
    baselines: { popularity: noisy(0.2, 2), neighbours: noisy(0.4, 3) },
    groups: Array.from({ length: CASES }, (_, i) => i >> 1),
  },
  calibration: { purchase: { error: 0.01, luck: 0.02 } },
  collapse: { alike: 0.2, coverage: 0.5 },
  random: seededRandom(9),
  ...more,
});
const contest = input().contest!;
const failed = (found: ReturnType<typeof judge>): string[] =>
  found.checks.filter(({ passed }) => !passed).map(({ name }) => name);

describe('the gate', () => {
  it('lets a model pass that is better in every way', () => {
    const found = judge(input());
    expect(found.passed).toBe(true);
    expect(found.checks[0]?.says).toMatch(/^Better than popularity in MRR@20: by 0\.\d+ \(95 % from/);
  });

  it('refuses one that a baseline equals', () => {
    const equal = contest.challenger.map((figure, i) => figure + (i % 4 < 2 ? 0.01 : -0.01));
    const found = judge(input({ contest: { ...contest, baselines: { neighbours: equal } } }));
    expect(found.passed).toBe(false);
    expect(failed(found)).toEqual(['beats neighbours']);
    expect(found.checks[0]?.says).toContain('Not clearly better than neighbours');
  });

  it('refuses one that is the champion again, and one that is worse', () => {
    expect(failed(judge(input({ contest: { ...contest, champion: contest.challenger } })))).toEqual([
      'beats champion',
    ]);
    const worse = judge(input({ contest: { ...contest, champion: noisy(0.9, 5) } }));
    expect(worse.checks.find(({ name }) => name === 'beats champion')?.says).toContain('Worse than champion');
  });

  it('refuses chances that mean nothing, and collapsed models', () => {
    expect(failed(judge(input({ calibration: { churn: { error: 0.2, luck: 0.1 } } })))).toEqual([
      'calibration of churn',
    ]);
    expect(failed(judge(input({ collapse: { alike: 0.99, coverage: 0.001 } })))).toEqual([
      'spread of item vectors',
      'coverage of the catalogue',
    ]);
  });

  it('refuses chances that are clearly further from the truth than a rival, and no others', () => {
    const { groups } = contest;
    const errors = noisy(0.2, 6);
    const brierOf = (rival: readonly number[]) => ({
      purchase: { challenger: errors, rivals: { champion: rival }, groups },
    });
    const name = 'Brier of purchase against champion';
    expect(failed(judge(input({ brier: brierOf(noisy(0.1, 7)) })))).toEqual([name]);
    for (const rival of [noisy(0.3, 8), errors])
      expect(judge(input({ brier: brierOf(rival) })).checks).toContainEqual(
        expect.objectContaining({ name, passed: true }),
      );
  });

  it('does not blame a model for luck', () => {
    expect(judge(input({ calibration: { churn: { error: 0.08, luck: 0.09 } } })).passed).toBe(true);
    const random = seededRandom(3);
    const chances = (count: number): number[] => Array.from({ length: count }, () => random());
    expect(calibrationLuck(chances(100), random)).toBeGreaterThan(2 * calibrationLuck(chances(2500), random));
  });

  it('refuses to compare on few cases, and to pass without any check', () => {
    const few = contest.challenger.slice(0, LEAST_CASES - 1);
    expect(failed(judge(input({ contest: { challenger: few, baselines: {}, groups: [] } })))).toEqual([
      'cases',
    ]);
    expect(judge({ figure: 'x', calibration: {}, random: seededRandom(1) }).passed).toBe(false);
  });
});
