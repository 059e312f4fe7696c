/** What a value must be for a condition to hold. */
import type { Scalar } from './facts.ts';
import type { Condition, Operator } from './rule.ts';

export type Holds = (value: Scalar | undefined) => boolean;

/** Upper and lower case are one. */
export const plain = (value: Scalar): Scalar => (typeof value === 'string' ? value.toLowerCase() : value);

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

/** Distinct texts whose answers are remembered: traits of many people are few texts. */
const REMEMBERED = 1000;

/** The same answer for the same text, without reading it again. */
export function remembering(holds: Holds): Holds {
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

/** A condition's question to a value. */
export interface Test {
  readonly holds: Holds;
  /** All numbers on one side of it have one answer; undefined: there is no such number. */
  readonly turn: number | undefined;
}

export const testOf = ({ op, value }: Pick<Condition, 'op' | 'value'>): Test => ({
  holds: holdsFor(op, value),
  turn: Array.isArray(value) ? undefined : Number(value),
});
