/** What the shop remembers of a visit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, change, nothing, restore, type State } from './state.ts';

const item = fc.constantFrom('a', 'b', 'c');
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('viewed' as const, 'removed' as const), item }),
  fc.record({ kind: fc.constant('added' as const), item, quantity: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ kind: 'ordered' as const }),
  fc.record({ kind: fc.constant('became' as const), userId: fc.option(fc.string(), { nil: undefined }) }),
);

describe('what the shop remembers', () => {
  it('holds each item once, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(changes), (all) => {
        const state = all.reduce(change, nothing);
        for (const items of [state.viewed, state.cart.map((line) => line.item)])
          expect(new Set(items).size).toBe(items.length);
        expect(restore(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('adds up pieces, and forgets what another person looked at', () => {
    const first: State = [
      { kind: 'added' as const, item: 'a', quantity: 1 },
      { kind: 'added' as const, item: 'a', quantity: 2 },
      { kind: 'viewed' as const, item: 'b' },
    ].reduce<State>(change, nothing);
    expect(first).toEqual({ cart: [{ item: 'a', quantity: 3 }], viewed: ['b'] });
    expect(change(first, { kind: 'became', userId: 'u' })).toEqual({ ...first, viewed: [], userId: 'u' });
    expect(change(first, { kind: 'ordered' }).cart).toEqual([]);
  });

  it('begins anew where what was kept cannot be read', () => {
    for (const text of [null, '', '{}', '{"cart":[{"item":"a","quantity":0}],"viewed":[]}'])
      expect(restore(text)).toEqual(nothing);
  });
});
