/** No rule takes long, whoever wrote it and whomever it is asked about: it is evaluated in time, or refused. */
import { expect, it } from 'vitest';
import { emptyState, TRAITS } from '../profile/state.ts';
import { compile } from './evaluate.ts';
import { factsFrom, plainFacts } from './facts.ts';
import { RULE_CONDITIONS, RULE_DEPTH, RuleProblem, readRule } from './rule.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MS = 50;

/** As much as a person may have, of texts that make matching slow where it can be made so. */
function heavy(): ReturnType<typeof factsFrom> {
  const state = emptyState();
  for (let i = 0; i < TRAITS; i++)
    state.traits.set(`t${i}`, { value: 'a'.repeat(600), rank: 1, time: NOW, tie: i });
  return factsFrom(plainFacts(state, undefined));
}

const long = `${'a'.repeat(255)}b`;
const many = Array.from({ length: RULE_CONDITIONS }, (_, i) => i);
const trait = (i: number, op: string, value: unknown): object => ({
  kind: 'trait',
  name: `t${i}`,
  op,
  value,
});
const nested = (depth: number, inner: object): object =>
  depth <= 1 ? inner : { not: { any: [nested(depth - 2, inner)] } };
const chained = (depth: number): unknown => JSON.parse(`${'{"all":['.repeat(depth)}${']}'.repeat(depth)}`);

const corpus: readonly (readonly [string, unknown])[] = [
  ['fifty searches of long texts', { any: many.map((i) => trait(i, 'contains', long)) }],
  [
    'fifty lists of a hundred texts',
    {
      any: many.map((i) =>
        trait(
          i,
          'in',
          many.map((n) => `${long.slice(3)}${n}`),
        ),
      ),
    },
  ],
  ['fifty patterns, which are texts here', { any: many.map((i) => trait(i, 'contains', '(a+)+$')) }],
  ['as deep as may be', nested(RULE_DEPTH, { all: many.map((i) => trait(i, 'startsWith', long)) })],
  ['without end', chained(20_000)],
  ['a hundred thousand conditions', { any: Array.from({ length: 1e5 }, () => trait(0, 'contains', long)) }],
  ['a hundred thousand groups', { any: Array.from({ length: 1e5 }, () => ({ all: [] })) }],
  ['a text of a megabyte', trait(0, 'contains', 'a'.repeat(1 << 20))],
  [
    'a list of a hundred thousand',
    trait(
      0,
      'in',
      Array.from({ length: 1e5 }, () => 'a'),
    ),
  ],
  [
    'names that objects have',
    { any: many.map(() => ({ kind: 'trait', name: '__proto__', op: 'exists', value: true })) },
  ],
];

it.each(corpus)('%s', (_, given) => {
  const facts = heavy();
  // Of the processor: the machine may have other things to do.
  const begun = process.cpuUsage();
  try {
    const { test, until } = compile(readRule(given));
    test(facts, NOW);
    until(facts, NOW);
  } catch (error) {
    if (!(error instanceof RuleProblem)) throw error;
  }
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1000).toBeLessThan(MS);
});
