import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Example } from '../behaviour/example.ts';
import { assign, cluster } from './clusters.ts';
import { featureRows, featuresOf } from './features.ts';
import { lifecycleClasses, lifecycleOf } from './lifecycle.ts';
import { planOf } from './plan.ts';

const CUT = Date.UTC(2025, 5, 1);
const event = fc.record(
  {
    kind: fc.constantFrom('Product Viewed', 'Product Added', 'Order Completed', 'page'),
    category: fc.constantFrom('lamps', 'rugs', 'books'),
    price: fc.double({ min: 0, max: 1e6, noNaN: true }),
    at: fc.integer({ min: CUT - 400 * 86_400_000, max: CUT }),
  },
  { requiredKeys: ['kind', 'at'] },
);
const example: fc.Arbitrary<Example> = fc
  .array(event, { maxLength: 50 })
  .map((events) => ({ profile: 'one', cut: CUT, events: events.sort((a, b) => a.at - b.at), labels: {} }));
const plan = { kinds: ['page', 'Product Viewed'], categories: ['lamps', 'rugs'] };

test('features are finite, and know nothing but the time before the cut', () => {
  fc.assert(
    fc.property(example, fc.integer({ min: -1e10, max: 1e10 }), (one, weeks) => {
      const { data, columns } = featureRows([one], plan);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(columns).toBe(featuresOf(plan).length);
      // The same history a number of whole weeks later is the same row.
      const shift = (weeks % 1000) * 7 * 86_400_000;
      const moved = {
        ...one,
        cut: one.cut + shift,
        events: one.events.map((e) => ({ ...e, at: e.at + shift })),
      };
      expect([...featureRows([moved], plan).data]).toEqual(
        [...data].map((value) => expect.closeTo(value, 9)),
      );
    }),
  );
});

test('a plan does not depend on the order of examples, and every name is there once', () => {
  fc.assert(
    fc.property(fc.array(example, { maxLength: 8 }), (examples) => {
      const found = planOf(examples);
      expect(planOf(examples.toReversed())).toEqual(found);
      const names = featuresOf(found).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

test('everybody has one lifecycle class, and only who orders is new or loyal', () => {
  const outcome = fc.record({ orders: fc.nat(3), activeDays: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(example, outcome, (one, { orders, activeDays }) => {
      const seen = { orders: activeDays === 0 ? 0 : orders, activeDays };
      const name = lifecycleOf(one, seen);
      expect(lifecycleClasses).toContain(name);
      expect(name === 'new' || name === 'loyal').toBe(seen.orders > 0);
    }),
  );
});

test('clusters: each row belongs to its nearest centre, which is the mean of its rows', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 12,
    maxLength: 60,
  });
  fc.assert(
    fc.property(rows, fc.integer({ min: 2, max: 4 }), fc.nat(100), (points, k, seed) => {
      fc.pre(new Set(points.map(String)).size >= k);
      const x = { rows: points.length, columns: 2, data: Float64Array.from(points.flat()) };
      const found = cluster(x, k, seed);
      expect(cluster(x, k, seed)).toEqual(found);
      expect([...assign(x, found.centres, k).of]).toEqual([...found.of]);
      expect(found.sizes.reduce((a, b) => a + b, 0)).toBe(points.length);
      found.sizes.forEach((size, c) => {
        const own = points.filter((_, row) => found.of[row] === c);
        // One without rows may lie anywhere.
        const centre = found.centres[c * 2] ?? Number.NaN;
        const mean = size > 0 ? own.reduce((sum, [a]) => sum + a, 0) / size : centre;
        expect(centre).toBeCloseTo(mean, 6);
      });
    }),
    { numRuns: 50 },
  );
});
