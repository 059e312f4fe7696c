import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rule } from '../../test/fixtures/rules.ts';
import { readySegments, usualMarks } from './ready.ts';
import { RULE_CONDITIONS, RuleProblem, readRule, ruleSchema } from './rule.ts';

const orders = { kind: 'count', of: 'orders', op: 'gte', value: 2 };

function problemOf(given: unknown): { path: string; message: string } {
  try {
    readRule(given);
  } catch (error) {
    if (error instanceof RuleProblem) return { path: error.path, message: error.message };
    throw error;
  }
  return { path: '', message: 'none' };
}

it('reads what it describes, and describes what it reads', () => {
  fc.assert(
    fc.property(rule, (given) => {
      expect(readRule(given)).toEqual(given);
      expect(ruleSchema.parse(given)).toEqual(given);
    }),
  );
});

it('never throws anything but a problem, whatever comes', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (given) => typeof problemOf(given).path === 'string'));
  expect(problemOf(orders).message).toBe('none');
});

describe('says where a rule is wrong, and what', () => {
  it.each([
    [null, '', 'must be a group'],
    [{ all: orders }, '', '"all" must be a list'],
    [{ all: [orders], any: [] }, '', 'nothing else'],
    [
      { all: [orders, { any: [{ ...orders, of: 'hats' }] }] },
      'all.1.any.0.of',
      'not what the condition takes',
    ],
    [{ not: { ...orders, op: 'like' } }, 'not.op', 'not what the condition takes'],
    [{ ...orders, more: 1 }, '', 'not what the condition takes'],
    [{ ...orders, value: Number.POSITIVE_INFINITY }, 'value', 'not what the condition takes'],
    [{ ...orders, days: 36 }, 'days', 'not what the condition takes'],
    [{ ...orders, of: 'net', days: 7 }, 'days', 'whole life only'],
    [{ ...orders, op: 'in' }, 'value', 'takes a list'],
    [{ ...orders, op: 'exists' }, 'value', 'takes true or false'],
    [{ kind: 'trait', name: 'plan', op: 'gt', value: 'pro' }, 'value', 'takes a number'],
    [{ kind: 'trait', name: 'plan', op: 'contains', value: 3 }, 'value', 'takes a text'],
    [{ kind: 'trait', name: 'plan', op: 'eq', value: ['a'] }, 'value', 'takes one value'],
    [{ all: Array.from({ length: RULE_CONDITIONS + 1 }, () => orders) }, 'all.50', '50 conditions'],
    [{ all: Array.from({ length: 1e5 }, () => ({ any: [] })) }, 'all.50', '50 conditions'],
  ])('%j', (given, path, message) => {
    expect(problemOf(given)).toEqual({ path, message: expect.stringContaining(message) });
  });

  it('also one that is nested without end', () => {
    const deep: unknown = JSON.parse(`${'{"not":'.repeat(5000)}null${'}'.repeat(5000)}`);
    expect(problemOf(deep).message).toContain('8 deep');
  });
});

it('reads all that are ready made, which have names of their own', () => {
  const ready = readySegments(usualMarks);
  for (const one of ready) expect(readRule(one.rule)).toEqual(one.rule);
  expect(new Set(ready.map(({ key }) => key)).size).toBe(ready.length);
  expect(new Set(ready.map(({ name }) => name)).size).toBe(ready.length);
});

it('asks of what names a person only whether it is there', () => {
  expect(readRule({ kind: 'trait', name: 'email', op: 'exists', value: true })).toBeDefined();
  const asked = { all: [{ kind: 'trait', name: 'first_name', op: 'startsWith', value: 'A' }] };
  expect(() => readRule(asked)).toThrow('only "exists" can be asked of it');
});
