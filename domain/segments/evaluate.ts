/**
 * Rule and facts -> whether the person belongs, and until when that holds if nothing happens. Windows slide and recency
 * grows although no event comes, so an answer without its end would be wrong one day.
 */
import { DAY_MS } from '../profile/state.ts';
import { type Facts, isMoney, type Scalar } from './facts.ts';
import { type Condition, isWindowCount, type Operator, type Rule, type WindowCount } from './rule.ts';

export interface Verdict {
  readonly member: boolean;
  /** The first moment at which time alone can change the answer, ms; Infinity where it cannot. */
  readonly until: number;
}

/** A rule made ready to be asked often. */
export interface Compiled {
  test(facts: Facts, now: number): boolean;
  until(facts: Facts, now: number): number;
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
    return { test: (facts, now) => !inner.test(facts, now), until: inner.until };
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
  };
}

type Holds = (value: Scalar | undefined) => boolean;
const NEVER = (): number => Number.POSITIVE_INFINITY;

function condition(of: Condition): Compiled {
  const holds = remembering(holdsFor(of.op, of.value));
  switch (of.kind) {
    case 'trait':
      return { test: (facts) => holds(facts.trait(of.name)), until: NEVER };
    case 'attribute':
      return { test: (facts) => holds(facts.attribute(of.name)), until: NEVER };
    case 'affinity':
      return { test: (facts) => holds(facts.affinity(of.category)), until: NEVER };
    case 'score':
      return { test: (facts) => holds(facts.score(of.of)), until: NEVER };
    case 'class':
      return { test: (facts) => holds(facts.label(of.of)), until: NEVER };
    case 'since':
      return recency(of, holds);
    case 'count': {
      const { of: name, days } = of;
      if (days !== undefined && isWindowCount(name)) return window(name, days, holds);
      return { test: (facts) => holds(facts.total(name)), until: NEVER };
    }
  }
}

/** Days leave the window one by one at midnight UTC. */
function window(name: WindowCount, days: number, holds: Holds): Compiled {
  const from = (now: number): number => Math.floor(now / DAY_MS) - days + 1;
  const unit = isMoney(name) ? 100 : 1;
  return {
    test: (facts, now) => holds(facts.sumFrom(name, from(now))),
    until: (facts, now) => {
      const within = facts.daysFrom(name, from(now));
      let sum = within.reduce((all, [, count]) => all + count, 0);
      const before = holds(sum / unit);
      for (const [day, count] of within) {
        sum -= count;
        if (holds(sum / unit) !== before) return (day + days) * DAY_MS;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}

const daysSince = (moment: number | undefined, now: number): number | undefined =>
  moment === undefined ? undefined : Math.max(0, Math.floor((now - moment) / DAY_MS));

/** Whole days only grow, and an answer turns where they reach or pass a number of the condition. */
function recency({ of, value }: Extract<Condition, { kind: 'since' }>, holds: Holds): Compiled {
  const numbers = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number');
  const turns = numbers.flatMap((one) => [Math.ceil(one), Math.floor(one) + 1]).sort((a, b) => a - b);
  return {
    test: (facts, now) => holds(daysSince(facts.moment(of), now)),
    until: (facts, now) => {
      const moment = facts.moment(of);
      const days = daysSince(moment, now);
      if (moment === undefined || days === undefined) return Number.POSITIVE_INFINITY;
      const before = holds(days);
      const turn = turns.find((one) => one > days && holds(one) !== before);
      return turn === undefined ? Number.POSITIVE_INFINITY : moment + turn * DAY_MS;
    },
  };
}

/** Upper and lower case are one. */
const plain = (value: Scalar): Scalar => (typeof value === 'string' ? value.toLowerCase() : value);

/** Distinct texts whose answers a condition remembers: traits of many people are few texts. */
const REMEMBERED = 1000;

/** The same answer for the same text, without reading it again. */
function remembering(holds: Holds): Holds {
  const answers = new Map<string, boolean>();
  return (given) => {
    if (typeof given !== 'string') return holds(given);
    const known = answers.get(given);
    if (known !== undefined) return known;
    const answer = holds(given);
    if (answers.size < REMEMBERED) answers.set(given, answer);
    return answer;
  };
}

/** What is missing is equal to nothing, in no list, and neither more nor less than anything. */
function holdsFor(op: Operator, value: Condition['value']): Holds {
  const values = (Array.isArray(value) ? value : [value]).map(plain);
  const [first = ''] = values;
  const wanted = new Set(values);
  const has = (given: Scalar | undefined): boolean => given !== undefined && wanted.has(plain(given));
  const amount = Number(first);
  const than =
    (compare: (given: number) => boolean): Holds =>
    (given) =>
      typeof given === 'number' && compare(given);
  const within =
    (look: (given: string) => boolean): Holds =>
    (given) =>
      typeof given === 'string' && look(given.toLowerCase());
  switch (op) {
    case 'eq':
    case 'in':
      return has;
    case 'ne':
      return (given) => !has(given);
    case 'exists':
      return (given) => (given !== undefined) === first;
    case 'gt':
      return than((given) => given > amount);
    case 'gte':
      return than((given) => given >= amount);
    case 'lt':
      return than((given) => given < amount);
    case 'lte':
      return than((given) => given <= amount);
    case 'contains':
      return within((given) => given.includes(String(first)));
    case 'startsWith':
      return within((given) => given.startsWith(String(first)));
  }
}
