/** Whether counts give single people away: an attack that asks in pairs, with the rule and without it. */
import { expect, test } from 'vitest';
import { LEAST_PEOPLE, shownPeople } from '../insight/shown.ts';
import { emptyState } from '../profile/state.ts';
import { seededRandom } from '../random.ts';
import { selectCoarsely } from './coarse.ts';
import { compile } from './evaluate.ts';
import { type PlainFacts, plainFacts, type Scalar } from './facts.ts';
import { Roster } from './roster.ts';
import { sizeOf } from './rows.ts';
import type { Rule } from './rule.ts';

const NOW = Date.UTC(2026, 5, 1);
const PEOPLE = 600;
const random = seededRandom(11);
const pick = <T>(all: readonly T[]): T => {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

const cities = ['Ulm', 'Bonn', 'Kiel'];
const plans = ['club', 'free', 'trial'];
const people = Array.from({ length: PEOPLE }, (_, i) => ({
  badge: `b${i}`,
  city: pick(cities),
  plan: pick(plans),
  secret: i % 2 === 0,
}));
const roster = new Roster();
people.forEach((person, i) => {
  const traits = new Map<string, Scalar>(Object.entries(person));
  const facts: PlainFacts = { ...plainFacts(emptyState()), traits };
  roster.set(`${i}`, facts);
});

const is = (name: string, value: string | boolean): Rule => ({ kind: 'trait', name, op: 'eq', value });
const secret = is('secret', true);

type Ask = (rule: Rule) => number | null;
const exactly: Ask = (rule) => sizeOf(roster.select(compile(rule), NOW));
const shown: Ask = (rule) => shownPeople(sizeOf(selectCoarsely(roster, rule, LEAST_PEOPLE, NOW)), PEOPLE);

type Person = (typeof people)[number];

/**
 * Two questions about a person that differ by nothing but them, and what a difference would mean. Among those who are like
 * them, so that counts of many sizes are asked for: some lie where one person more is rounded the other way.
 */
function pairAbout({
  badge,
  city,
  plan,
}: Person): readonly [without: Rule, using: Rule, ifDifferent: boolean] {
  const them = is('badge', badge);
  const like = pick([[is('city', city)], [is('plan', plan)], [is('city', city), is('plan', plan)]]);
  const base: Rule = { all: [secret, ...like] };
  const rest: Rule = { all: [{ not: secret }, ...like] };
  const badges = people.filter((one) => one.badge !== badge).slice(0, 60);
  const list = (all: readonly string[]): Rule => ({
    kind: 'trait',
    name: 'badge',
    op: 'in',
    value: [...all],
  });
  const others = badges.map((one) => one.badge);
  return pick([
    [base, { all: [secret, ...like, { not: them }] }, true],
    [base, { any: [base, them] }, false],
    [rest, { any: [rest, them] }, true],
    [rest, { any: [rest, { all: [secret, them] }] }, true],
    [{ all: [secret, list(others)] }, { all: [secret, list([...others, badge])] }, true],
    [base, { all: [base, { not: { all: [them, secret] } }] }, true],
  ] as const);
}

/** Share of right guesses whether a person has the secret, from 10,000 questions. */
function attack(ask: Ask): number {
  const known = new Map<string, number | null>();
  const once = (rule: Rule): number | null => {
    const key = JSON.stringify(rule);
    if (!known.has(key)) known.set(key, ask(rule));
    return known.get(key) ?? null;
  };
  let right = 0;
  for (let i = 0; i < 5000; i++) {
    const target = pick(people);
    const [without, using, ifDifferent] = pairAbout(target);
    const different = once(without) !== once(using);
    if ((different === ifDifferent) === target.secret) right++;
  }
  return right / 5000;
}

test('10,000 questions in pairs recover memberships no better than chance; without the rule they do', () => {
  expect(attack(exactly)).toBeGreaterThan(0.9);
  expect(attack(shown)).toBeLessThan(0.51);
});

test('leaves out what decides about few, and keeps the rest', () => {
  const all = sizeOf(roster.select(compile(secret), NOW));
  const few = people.slice(0, 5).map(({ badge }) => badge);
  const asked = (rule: Rule): number => sizeOf(selectCoarsely(roster, rule, LEAST_PEOPLE, NOW));
  const without: Rule = { not: { kind: 'trait', name: 'badge', op: 'in', value: few } };
  expect(asked({ all: [secret, without] })).toBe(all);
  expect(asked({ all: [secret, is('city', 'Ulm')] })).toBe(exactly({ all: [secret, is('city', 'Ulm')] }));
  expect(asked({ any: [is('city', 'Ulm'), is('city', 'Bonn')] })).toBe(
    exactly({ kind: 'trait', name: 'city', op: 'in', value: ['Ulm', 'Bonn'] }),
  );
  expect(
    asked({ kind: 'trait', name: 'badge', op: 'in', value: people.slice(0, 90).map((p) => p.badge) }),
  ).toBe(0);
  expect(asked({ all: [] })).toBe(PEOPLE);
  expect(asked({ any: [] })).toBe(0);
});

test('where only a few are missing all are shown', () => {
  expect(shownPeople(24, 400)).toBeNull();
  expect(shownPeople(376, 400)).toBe(400);
  expect(shownPeople(372, 400)).toBe(370);
});
