import { expect, it } from 'vitest';
import { Ranking, rankOf } from './ranking.ts';

it('counts what is above, and half of what is equal', () => {
  expect(rankOf([0.1, 0.9, 0.5], 1)).toBe(1);
  expect(rankOf([0.1, 0.9, 0.5], 0)).toBe(3);
  expect(rankOf([1, 1, 1, 1, 1], 0)).toBe(3);
  expect(rankOf([1, 1], 0)).toBe(2);
  expect(rankOf([9, 0.9, 0.5], 2, 1)).toBe(2);
});

it('trusts nothing that is no number', () => {
  expect(rankOf([Number.NaN, Number.NaN], 0)).toBe(Number.POSITIVE_INFINITY);
  expect(rankOf([Number.NaN, 0.5, 0.1], 1)).toBe(2);
  expect(rankOf([1, 2], 5)).toBe(Number.POSITIVE_INFINITY);
});

it('sums up cases', () => {
  const ranking = new Ranking(3);
  for (const rank of [1, 2, 4, Number.POSITIVE_INFINITY]) ranking.add(rank);
  expect(ranking.cases).toBe(4);
  expect(ranking.hitRate).toBe(0.5);
  expect(ranking.reciprocalRank).toBeCloseTo(1.5 / 4);
  expect(ranking.ndcg).toBeCloseTo((1 + 1 / Math.log2(3)) / 4);
  expect(new Ranking(3).hitRate).toBe(0);
});
