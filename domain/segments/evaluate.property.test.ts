/** Laws of segments: looking again at each change and at each stated end is the same as looking at any time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { history, type Told } from '../../test/fixtures/histories.ts';
import { condition, rule } from '../../test/fixtures/rules.ts';
import { fold } from '../profile/fold.ts';
import { DAY_MS, emptyState, type ProfileState } from '../profile/state.ts';
import type { Scores } from '../scores/scores.ts';
import { compile, evaluate } from './evaluate.ts';
import { type Facts, factsFrom, type PlainFacts, plainFacts, type Scalar } from './facts.ts';
import { Roster } from './roster.ts';
import { sizeOf } from './rows.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 150);
const NOW = Date.UTC(2026, 5, 2);

const states = (told: readonly Told[]): { at: number; state: ProfileState }[] => {
  let state = emptyState();
  return told.map(({ event, message }) => {
    state = fold(state, event, message, 'p');
    return { at: event.timestamp, state };
  });
};
const scoresOf = (purchase: number): Scores => {
  const made = { model: 'm', modelVersion: '1', profileVersion: 1, at: 0 };
  const likely = (name: string) => ({ class: name, probabilities: {}, drivers: [] });
  return {
    version: 1,
    profileVersion: 1,
    behaviour: { ...made, purchase, churn: 1 - purchase, nextOrderValue: 100 * purchase },
    classes: { ...made, lifecycle: likely('at risk'), persona: likely('lamps') },
    missing: {},
  };
};
const person = fc
  .tuple(history(12), fc.option(fc.constantFrom(0, 0.25, 1), { nil: undefined }))
  .map(([told, purchase]) =>
    plainFacts(
      states(told).at(-1)?.state ?? emptyState(),
      purchase === undefined ? undefined : scoresOf(purchase),
    ),
  );
const now = fc.integer({ min: NOW - 5 * DAY_MS, max: NOW + 40 * DAY_MS });

test('what was said at the last change or stated end holds at any later time', () => {
  fc.assert(
    fc.property(rule, history(10), fc.array(now, { minLength: 1, maxLength: 6 }), (asked, told, times) => {
      const inOrder = told.toSorted((a, b) => a.event.timestamp - b.event.timestamp);
      // Events reach the profile at their own time; what came before is there from the start.
      const changes = states(inOrder).map(({ at, state }) => ({ at, facts: factsFrom(plainFacts(state)) }));
      let facts: Facts = factsFrom(plainFacts(emptyState()));
      let at = 0;
      let said = evaluate(asked, facts, at);
      const passTo = (time: number): void => {
        for (let looks = 0; said.until <= time; looks++) {
          expect(said.until).toBeGreaterThan(at);
          expect(looks).toBeLessThan(500);
          at = said.until;
          said = evaluate(asked, facts, at);
        }
        at = Math.max(at, time);
      };
      const moments = [
        ...changes.map((change) => ({ at: Math.max(0, change.at), change })),
        ...times.map((time) => ({ at: time, change: undefined })),
      ].sort((a, b) => a.at - b.at);
      for (const { at: time, change } of moments) {
        passTo(time);
        if (change) {
          facts = change.facts;
          said = evaluate(asked, facts, time);
        }
        expect(said.member).toBe(evaluate(asked, facts, time).member);
      }
    }),
    { numRuns },
  );
});

test('an answer holds up to its end, and a condition turns at it', () => {
  fc.assert(
    fc.property(
      condition,
      person,
      now,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (asked, plain, at, share) => {
        const facts = factsFrom(plain);
        const { member, until } = evaluate(asked, facts, at);
        const end = Math.min(until, at + 100 * DAY_MS);
        const between = Math.min(end - 1, Math.floor(at + (end - at) * share));
        expect(evaluate(asked, facts, between).member).toBe(member);
        const turned = until === Number.POSITIVE_INFINITY || evaluate(asked, facts, until).member !== member;
        expect(turned).toBe(true);
      },
    ),
    { numRuns: numRuns * 4 },
  );
});

test('groups obey the laws of logic', () => {
  const holds = (asked: Parameters<typeof evaluate>[0], facts: Facts, at: number): boolean =>
    evaluate(asked, facts, at).member;
  fc.assert(
    fc.property(rule, rule, person, now, (a, b, plain, at) => {
      const facts = factsFrom(plain);
      expect(holds({ not: { not: a } }, facts, at)).toBe(holds(a, facts, at));
      expect(holds({ not: { all: [a, b] } }, facts, at)).toBe(
        holds({ any: [{ not: a }, { not: b }] }, facts, at),
      );
      expect(holds({ all: [a, { not: a }] }, facts, at)).toBe(false);
      expect(holds({ any: [a, { not: a }] }, facts, at)).toBe(true);
      expect(holds({ all: [a, b] }, facts, at)).toBe(holds(a, facts, at) && holds(b, facts, at));
    }),
    { numRuns },
  );
});

/** More than fit at first, so that columns grow between questions. */
const CROWD = 70;

test('a roster chooses those whom their own evaluation chooses, whoever came, changed and went between questions', () => {
  const change = fc.tuple(fc.nat(CROWD + 6), fc.option(person, { nil: undefined }));
  const steps = fc.array(fc.tuple(fc.array(change, { maxLength: 6 }), fc.nat(2), now), { maxLength: 6 });
  fc.assert(
    fc.property(fc.tuple(rule, rule, rule), fc.boolean(), steps, (asked, crowded, told) => {
      const roster = new Roster();
      const people = new Map<string, Facts>();
      const set = (id: string, plain: PlainFacts): void => {
        roster.set(id, plain);
        people.set(id, factsFrom(plain));
      };
      const nobody = plainFacts(emptyState());
      for (const [step, [changes, which, at]] of told.entries()) {
        if (crowded && step === 1) for (let i = 0; i < CROWD; i++) set(`p${i}`, nobody);
        for (const [id, plain] of changes) {
          if (plain) set(`p${id}`, plain);
          else {
            roster.delete(`p${id}`);
            people.delete(`p${id}`);
          }
        }
        const one = asked[which] ?? asked[0];
        const wanted = [...people].filter(([, facts]) => evaluate(one, facts, at).member).map(([id]) => id);
        expect(roster.size).toBe(people.size);
        const chosen = roster.select(compile(one), at);
        expect(roster.idsOf(chosen).sort()).toEqual(wanted.sort());
        expect(sizeOf(chosen)).toBe(wanted.length);
      }
    }),
    { numRuns },
  );
});

test.each([
  { kind: 'count', of: 'orders', days: 1, op: 'gte', value: 1 },
  { kind: 'since', of: 'lastSeen', op: 'lt', value: 1 },
] as const)('an answer of yesterday is not given today: $kind', (asked) => {
  const roster = new Roster();
  const days = [[Math.floor(NOW / DAY_MS), 1, 0, 0, 0, 1, 0]];
  roster.set('p', { ...plainFacts(emptyState()), days, lastSeen: NOW });
  const compiled = compile(asked);
  expect(sizeOf(roster.select(compiled, NOW + DAY_MS - 1))).toBe(1);
  expect(sizeOf(roster.select(compiled, NOW + DAY_MS))).toBe(0);
});

test('a trait of very many values is one like any other', () => {
  const roster = new Roster();
  const of = (i: number): PlainFacts => ({
    ...plainFacts(emptyState()),
    traits: new Map<string, Scalar>([['badge', i % 2 === 0 ? `B${i}` : i]]),
  });
  for (let i = 0; i < 6000; i++) roster.set(`${i}`, of(i));
  const ids = (value: (string | number)[]): string[] =>
    roster.idsOf(roster.select(compile({ kind: 'trait', name: 'badge', op: 'in', value }), NOW));
  expect(ids(['b2', 'b5998', 5999, 'b7'])).toEqual(['2', '5998', '5999']);
  roster.set('2', of(5998));
  roster.delete('5999');
  expect(ids(['b2', 'b5998', 5999])).toEqual(['2', '5998']);
});
