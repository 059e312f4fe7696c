import fc from 'fast-check';
import { expect, test } from 'vitest';
import { history, shuffled, type Told } from '../../test/fixtures/histories.ts';
import { decodeState, encodeState } from './codec.ts';
import { fold } from './fold.ts';
import { merge } from './merge.ts';
import { emptyState, type ProfileState } from './state.ts';
import { view } from './view.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 150);
const NOW = Date.UTC(2026, 5, 2);
const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });

const foldAll = (told: readonly Told[], part = 'p'): ProfileState =>
  told.reduce((state, { event, message }) => fold(state, event, message, part), emptyState());
const bytes = (state: ProfileState): string => Buffer.from(encodeState(state)).toString('utf8');
const seen = (state: ProfileState): string => JSON.stringify(view(state, NOW));

test('any order of arrival gives the same bytes', () => {
  fc.assert(
    fc.property(history(160), seeds, (told, order) => {
      expect(bytes(foldAll(shuffled(told, order)))).toBe(bytes(foldAll(told)));
    }),
    { numRuns },
  );
});

/** Deals a history out to as many profiles as there are shares, and joins them again in some order. */
function dealt(told: readonly Told[], shares: number, order: readonly number[]): ProfileState {
  const states = Array.from({ length: shares }, (_, share) =>
    foldAll(
      told.filter((_told, i) => (order[i % order.length] ?? 0) % shares === share),
      `p${share}`,
    ),
  );
  return shuffled(states, order).reduce(merge, emptyState());
}

test('any partition over profiles, joined in any order, reads the same as one profile', () => {
  fc.assert(
    fc.property(history(160), fc.integer({ min: 1, max: 5 }), seeds, (told, shares, order) => {
      expect(seen(dealt(told, shares, order))).toBe(seen(foldAll(told)));
    }),
    { numRuns },
  );
});

/** States that real writers could hold: prefixes of the histories of three parts. */
const state: fc.Arbitrary<ProfileState> = fc
  .tuple(fc.nat(20), fc.nat(20), fc.nat(20))
  .map((lengths) =>
    lengths
      .map((length, part) => foldAll(fixed(part).slice(0, length), `p${part}`))
      .reduce(merge, emptyState()),
  );

const histories = fc.sample(history(24), { numRuns: 60, seed: 7 }).filter((told) => told.length >= 15);
const fixed = (part: number): Told[] => histories[part] ?? [];

test('merge is associative', () => {
  fc.assert(
    fc.property(state, state, state, (a, b, c) => {
      expect(bytes(merge(merge(a, b), c))).toBe(bytes(merge(a, merge(b, c))));
    }),
    { numRuns },
  );
});

test('merge is commutative', () => {
  fc.assert(
    fc.property(state, state, (a, b) => {
      expect(bytes(merge(a, b))).toBe(bytes(merge(b, a)));
    }),
    { numRuns },
  );
});

test('merge is idempotent, also after further merges', () => {
  fc.assert(
    fc.property(state, state, (a, b) => {
      expect(bytes(merge(a, a))).toBe(bytes(a));
      expect(bytes(merge(merge(a, b), b))).toBe(bytes(merge(a, b)));
    }),
    { numRuns },
  );
});

test('what is stored is what is read, and storing it again gives the same bytes', () => {
  fc.assert(
    fc.property(history(40), (told) => {
      const stored = encodeState(foldAll(told));
      expect(seen(decodeState(stored))).toBe(seen(foldAll(told)));
      expect(Buffer.from(encodeState(decodeState(stored))).equals(Buffer.from(stored))).toBe(true);
    }),
    { numRuns },
  );
});

test('folding goes on after a round trip as if nothing had happened', () => {
  fc.assert(
    fc.property(history(40), fc.nat(40), (told, cut) => {
      const resumed = decodeState(encodeState(foldAll(told.slice(0, cut))));
      const rest = told.slice(cut).reduce((s, { event, message }) => fold(s, event, message, 'p'), resumed);
      expect(bytes(rest)).toBe(bytes(foldAll(told)));
    }),
    { numRuns },
  );
});

test('nothing that a history holds reaches a prototype', () => {
  fc.assert(
    fc.property(history(40), (told) => {
      view(foldAll(told), NOW);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
