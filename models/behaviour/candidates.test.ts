import { expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { Candidates } from './candidates.ts';
import { lay, positionShares } from './layout.ts';

const counts = Int32Array.of(0, 0, 50, 30, 15, 5, 5, 5, 0);

it('holds every target once, and items that were drawn, but none that never is a target', () => {
  const { rows, places } = new Candidates(counts, seededRandom(1)).draw([3, 2, 3], 5);
  expect(rows).toHaveLength(5);
  expect(new Set(rows).size).toBe(5);
  expect(places.map((place) => rows[place])).toEqual([3, 2, 3]);
  expect(rows.every((row) => (counts[row] ?? 0) > 0)).toBe(true);
});

it('refuses more targets than there is room for', () => {
  expect(() => new Candidates(counts, seededRandom(1)).draw([2, 3, 4], 2)).toThrow(RangeError);
});

it('needs no correction when all items are there', () => {
  const { rows, shares } = new Candidates(counts, seededRandom(1)).draw([2], 8);
  expect(rows.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(shares.slice(0, 6)).toEqual(new Float32Array(6));
  // Places that hold no item are never chosen over one.
  expect(shares[7]).toBeGreaterThan(1e6);
});

it('states how often an item is there', () => {
  const random = seededRandom(5);
  const uneven = Int32Array.from({ length: 100 }, (_, row) => (row < 2 ? 0 : Math.ceil(300 / row)));
  const candidates = new Candidates(uneven, random);
  const total = uneven.reduce((a, b) => a + b, 0);
  const target = (): number => {
    let left = random() * total;
    return uneven.findIndex((count) => (left -= count) < 0);
  };
  const seen = new Float64Array(uneven.length);
  const stated = new Float64Array(uneven.length);
  const draws = 10_000;
  for (let i = 0; i < draws; i++) {
    const { rows, shares } = candidates.draw([target(), target(), target()], 20);
    rows.forEach((row, at) => {
      seen[row] = (seen[row] ?? 0) + 1 / draws;
      stated[row] = Math.exp(shares[at] ?? 0);
    });
  }
  // Near enough: what is stated takes draws with replacement, where a drawn item is not drawn again.
  for (let row = 2; row < 100; row++)
    expect(Math.abs((seen[row] ?? 0) - (stated[row] ?? 0))).toBeLessThan(0.04);
});

it('knows that the other targets of a sequence are there for certain', () => {
  const candidates = new Candidates(counts, seededRandom(1));
  const config = { items: 9, width: 4, heads: 1, blocks: 1, length: 4, scale: 1, outcomes: false };
  const laid = lay({ length: 3, sequences: [{ items: [5, 2, 3] }, { items: [4, 6] }] }, 2, config);
  const drawn = candidates.draw(laid.targets, 4);
  const shares = positionShares(laid, drawn, { size: 2, length: 3, repeats: true });
  const at = (position: number, row: number): number =>
    shares[position * 4 + drawn.rows.indexOf(row)] ?? Number.NaN;
  // Positions 0 and 1 ask for 2 and 3; position 3 asks for 6.
  expect(at(0, 3)).toBe(0);
  expect(at(1, 2)).toBe(0);
  expect(at(0, 2)).toBeLessThan(0);
  expect(at(3, 3)).toBe(drawn.shares[drawn.rows.indexOf(3)]);
  const fresh = positionShares(laid, drawn, { size: 2, length: 3, repeats: false });
  expect(fresh[drawn.rows.indexOf(3)]).toBeGreaterThan(1e6);
  expect(fresh[drawn.rows.indexOf(2)]).toBe(drawn.shares[drawn.rows.indexOf(2)]);
});
