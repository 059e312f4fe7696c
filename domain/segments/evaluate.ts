/**
 * Rule and facts -> whether the person belongs, and until when that holds if nothing happens. Windows slide and recency
 * grows although no event comes, so an answer without its end would be wrong one day.
 */
import { DAY_MS } from '../profile/state.ts';
import type { Columns } from './columns.ts';
import { daysSince, type Facts, isMoney, type Source } from './facts.ts';
import { type Holds, remembering, testOf } from './holds.ts';
import { both, either, type Rows, without } from './rows.ts';
import { type Condition, isWindowCount, type Rule, type WindowCount } from './rule.ts';

export interface Verdict {
  readonly member: boolean;
  /** The first moment at which time alone can change the answer, ms; Infinity where it cannot. */
  readonly until: number;
}

/** A rule made ready to be asked often. */
export interface Compiled {
  test(facts: Facts, now: number): boolean;
  until(facts: Facts, now: number): number;
  /** All whom it selects; of use until somebody changes. */
  select(people: Columns, now: number): Rows;
}

export function evaluate(rule: Rule, facts: Facts, now: number): Verdict {
  const compiled = compile(rule);
  return { member: compiled.test(facts, now), until: compiled.until(facts, now) };
}

export function compile(rule: Rule): Compiled {
  if ('all' in rule) return group(rule.all.map(compile), true);
  if ('any' in rule) return group(rule.any.map(compile), false);
  if ('not' in rule) {
    const inner = compile(rule.not);
    return {
      test: (facts, now) => !inner.test(facts, now),
      until: inner.until,
      select: (people, now) => without(people.everybody, inner.select(people, now)),
    };
  }
  return condition(rule);
}

/** `every`: all must hold; else one must. */
function group(inner: readonly Compiled[], every: boolean): Compiled {
  const test = (facts: Facts, now: number): boolean => {
    for (const one of inner) if (one.test(facts, now) !== every) return !every;
    return every;
  };
  return {
    test,
    until: (facts, now) => {
      const ends = (wanted: readonly Compiled[]): number[] => wanted.map((one) => one.until(facts, now));
      if (test(facts, now) === every) return Math.min(...ends(inner));
      // Each of those that decide would have to turn.
      return Math.max(...ends(inner.filter((one) => one.test(facts, now) !== every)));
    },
    select: (people, now) => {
      const of = inner.map((one) => one.select(people, now));
      return every
        ? of.reduce(both, people.everybody)
        : of.reduce(either, new Uint32Array(people.everybody.length));
    },
  };
}

/** What a condition asks about. */
export function read<Value>(from: Source<Value>, of: Condition, now: number): Value {
  switch (of.kind) {
    case 'trait':
      return from.trait(of.name);
    case 'attribute':
      return from.attribute(of.name);
    case 'affinity':
      return from.affinity(of.category);
    case 'score':
      return from.score(of.of);
    case 'class':
      return from.label(of.of);
    case 'since':
      return from.since(of.of, now);
    case 'count': {
      const { of: name, days } = of;
      return days !== undefined && isWindowCount(name)
        ? from.sumFrom(name, firstDay(days, now))
        : from.total(name);
    }
  }
}

/** Whether an answer for somebody who has not changed is the same at two moments. */
export function isLasting(of: Condition, from: number, to: number): boolean {
  if (of.kind === 'since') return from === to;
  if (of.kind !== 'count' || of.days === undefined) return true;
  return firstDay(of.days, from) === firstDay(of.days, to);
}

const firstDay = (days: number, now: number): number => Math.floor(now / DAY_MS) - days + 1;

function condition(of: Condition): Compiled {
  const test = testOf(of);
  const holds = remembering(test.holds);
  return {
    test: (facts, now) => holds(read(facts, of, now)),
    until: endOf(of, holds),
    select: (people, now) => people.holding(of, test, now),
  };
}

function endOf(of: Condition, holds: Holds): Compiled['until'] {
  if (of.kind === 'since') return recency(of, holds);
  if (of.kind === 'count' && of.days !== undefined && isWindowCount(of.of))
    return window(of.of, of.days, holds);
  return () => Number.POSITIVE_INFINITY;
}

/** Days leave the window one by one at midnight UTC. */
function window(name: WindowCount, days: number, holds: Holds): Compiled['until'] {
  const unit = isMoney(name) ? 100 : 1;
  return (facts, now) => {
    const within = facts.daysFrom(name, firstDay(days, now));
    let sum = within.reduce((all, [, count]) => all + count, 0);
    const before = holds(sum / unit);
    for (const [day, count] of within) {
      sum -= count;
      if (holds(sum / unit) !== before) return (day + days) * DAY_MS;
    }
    return Number.POSITIVE_INFINITY;
  };
}

/** Whole days only grow, and an answer turns where they reach or pass a number of the condition. */
function recency({ of, value }: Extract<Condition, { kind: 'since' }>, holds: Holds): Compiled['until'] {
  const numbers = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number');
  const turns = numbers.flatMap((one) => [Math.ceil(one), Math.floor(one) + 1]).sort((a, b) => a - b);
  return (facts, now) => {
    const moment = facts.moment(of);
    if (moment === undefined) return Number.POSITIVE_INFINITY;
    const days = daysSince(moment, now);
    const before = holds(days);
    const turn = turns.find((one) => one > days && holds(one) !== before);
    return turn === undefined ? Number.POSITIVE_INFINITY : moment + turn * DAY_MS;
  };
}
