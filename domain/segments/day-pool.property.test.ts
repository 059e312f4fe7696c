/** The pool holds what was set last, whatever grew, shrank and moved before. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DayPool } from './day-pool.ts';

const ROWS = 12;
const day = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9 }));
const days = fc.uniqueArray(day, { selector: ([at]) => at, maxLength: 35, size: 'max' });
const change = fc.tuple(fc.integer({ min: 0, max: ROWS - 1 }), days);

test('sums are those of the newest days of each row', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 60, size: 'max' }),
      fc.integer({ min: 0, max: 41 }),
      (changes, from) => {
        const pool = new DayPool();
        const known = new Map<number, readonly (readonly [number, number])[]>();
        for (const [row, set] of changes) {
          const sorted = set.toSorted(([a], [b]) => a - b);
          known.set(row, sorted);
          pool.set(
            row,
            sorted.map(([at, count]) => [at, 7, 7, 7, count, 7, 7]),
          );
        }
        for (let row = 0; row < ROWS; row++) {
          const wanted = (known.get(row) ?? []).filter(([at]) => at >= from);
          expect(pool.sumFrom(row, 4, from)).toBe(wanted.reduce((sum, [, count]) => sum + count, 0));
        }
      },
    ),
    { numRuns: 60 },
  );
});
