/** Rules as the builder edits them, and back. */
import type { Field, RuleGroupType, RuleType } from 'react-querybuilder';
import type { Reply } from '../../../api/client.ts';

export type SegmentView = Reply<'GET /api/segments'>['segments'][number];
export type Rule = SegmentView['rule'];
type Condition = Extract<Rule, { kind: string }>;

export interface Draft {
  /** Absent: a new one. */
  readonly segment?: SegmentView;
  readonly name: string;
  readonly query: RuleGroupType;
}

/** `kind:of`, and for windows `count:of:days`. */
function fieldOf(condition: Condition): string {
  switch (condition.kind) {
    case 'trait':
    case 'attribute':
      return `${condition.kind}:${condition.name}`;
    case 'affinity':
      return `affinity:${condition.category}`;
    case 'count':
      return condition.days === undefined
        ? `count:${condition.of}`
        : `window:${condition.of}:${condition.days}`;
    default:
      return `${condition.kind}:${condition.of}`;
  }
}

const textOf = (value: Condition['value']): string =>
  Array.isArray(value) ? value.join(', ') : String(value);

function one(rule: Rule): RuleType | RuleGroupType {
  if ('kind' in rule) return { field: fieldOf(rule), operator: rule.op, value: textOf(rule.value) };
  if ('not' in rule) return { combinator: 'and', not: true, rules: [one(rule.not)] };
  return 'all' in rule
    ? { combinator: 'and', rules: rule.all.map(one) }
    : { combinator: 'or', rules: rule.any.map(one) };
}

export function queryOf(rule: Rule): RuleGroupType {
  const query = one(rule);
  return 'rules' in query ? query : { combinator: 'and', rules: [query] };
}

const numbers = new Set(['count', 'window', 'since', 'affinity', 'score']);
export const isNumber = (field: string): boolean => numbers.has(field.split(':')[0] ?? '');

/** What is typed for a trait is a number or a yes where it looks like one. */
function scalar(text: string, number: boolean): string | number | boolean {
  const trimmed = text.trim();
  if (number || (trimmed !== '' && Number.isFinite(Number(trimmed)))) return Number(trimmed);
  return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
}

function valueOf({ field, operator, value }: RuleType): unknown {
  const text = String(value ?? '');
  const [kind = ''] = field.split(':');
  const read = (part: string): unknown =>
    kind === 'trait' || isNumber(field) ? scalar(part, isNumber(field)) : part.trim();
  if (operator === 'exists') return text !== 'false';
  if (operator === 'contains' || operator === 'startsWith') return text;
  return operator === 'in' ? text.split(',').map(read) : read(text);
}

function conditionOf(rule: RuleType): unknown {
  const [kind = '', ...rest] = rule.field.split(':');
  const test = { op: rule.operator, value: valueOf(rule) };
  switch (kind) {
    case 'trait':
    case 'attribute':
      return { kind, name: rest.join(':'), ...test };
    case 'affinity':
      return { kind, category: rest.join(':'), ...test };
    case 'window':
      return { kind: 'count', of: rest[0], days: Number(rest[1]), ...test };
    default:
      return { kind, of: rest[0], ...test };
  }
}

/** The API checks it and says what is wrong, so it is passed on as it is. */
export function ruleOf({ combinator, not, rules }: RuleGroupType): Rule {
  const inner = rules.map((rule) => ('rules' in rule ? ruleOf(rule) : conditionOf(rule)));
  const group = combinator === 'or' ? { any: inner } : { all: inner };
  return (not ? { not: group } : group) as Rule;
}

/** Fields that a query names: an old rule may ask about what nobody has any more. */
export const fieldsIn = (query: RuleGroupType): string[] =>
  query.rules.flatMap((rule) => ('rules' in rule ? fieldsIn(rule) : [rule.field]));

const compared = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'exists'];
const texted = ['eq', 'ne', 'in', 'contains', 'startsWith', 'exists'];

/** A field with the operators that it takes. `signs`: how each is written. */
export function toField(name: string, label: string, signs: Readonly<Record<string, string>>): Field {
  const kind = name.split(':')[0] ?? '';
  const taken = isNumber(name)
    ? compared
    : kind === 'trait'
      ? [...new Set([...texted, ...compared])]
      : texted;
  return {
    name,
    label,
    operators: taken.map((op) => ({ name: op, label: signs[op] ?? op })),
  };
}
