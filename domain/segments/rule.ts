/**
 * The language of segments: groups (`all`, `any`, `not`) over conditions on who a person is, what they did and what the
 * models expect. A rule is data; it holds no pattern to match, so that no input can make it slow.
 */
import * as z from 'zod/mini';
import { DAYS, dayNames } from '../profile/state.ts';
import { isIdentifying } from '../vault/identifying.ts';

/** Bounds of one rule. */
export const RULE_CONDITIONS = 50;
export const RULE_DEPTH = 8;
const LIST = 100;
const TEXT = 256;

/** Sums over the whole life. Money is in units of the currency. `net`: revenue less refunds. */
export const lifeCounts = [
  'events',
  'pageViews',
  'productViews',
  'cartAdds',
  'checkouts',
  'orders',
  'revenue',
  'items',
  'refunds',
  'refunded',
  'cancellations',
  'net',
  'averageOrder',
] as const;
export type LifeCount = (typeof lifeCounts)[number];

/** Those of them that are kept per day as well. */
export const windowCounts = dayNames.map((name) => (name === 'revenueMinor' ? 'revenue' : name));
export type WindowCount = (typeof windowCounts)[number];
export const isWindowCount = (name: LifeCount): name is WindowCount & LifeCount =>
  (windowCounts as readonly string[]).includes(name);

export const moments = ['lastSeen', 'firstSeen', 'lastOrder'] as const;
export type Moment = (typeof moments)[number];
export const scoreNames = ['purchase', 'churn', 'nextOrderValue'] as const;
export type ScoreName = (typeof scoreNames)[number];
export const classNames = ['lifecycle', 'persona'] as const;
export type ClassName = (typeof classNames)[number];

const compared = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'exists'] as const;
const texted = ['eq', 'ne', 'in', 'contains', 'startsWith', 'exists'] as const;
export const operators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'contains',
  'startsWith',
  'exists',
] as const;
export type Operator = (typeof operators)[number];

const text = z.string().check(z.maxLength(TEXT));
const name = z.string().check(z.minLength(1), z.maxLength(128));
const number = z.number();
const list = <T extends z.core.$ZodType>(of: T) => z.array(of).check(z.minLength(1), z.maxLength(LIST));

const numeric = { op: z.enum(compared), value: z.union([number, list(number), z.boolean()]) } as const;
const textual = { op: z.enum(texted), value: z.union([text, list(text), z.boolean()]) } as const;
const any = {
  op: z.enum(operators),
  value: z.union([text, number, z.boolean(), list(z.union([text, number]))]),
} as const;

const conditionSchema = z.discriminatedUnion('kind', [
  /** What the person said of themselves, or a server of them. */
  z.strictObject({ kind: z.literal('trait'), name, ...any }),
  /** Locale, country, time zone, channel, device. */
  z.strictObject({ kind: z.literal('attribute'), name, ...textual }),
  /** `days`: of the newest so many UTC days, today included; absent: over the whole life. */
  z.strictObject({
    kind: z.literal('count'),
    of: z.enum(lifeCounts),
    days: z.optional(z.int().check(z.minimum(1), z.maximum(DAYS))),
    ...numeric,
  }),
  /** Whole days since a moment. */
  z.strictObject({ kind: z.literal('since'), of: z.enum(moments), ...numeric }),
  /** Share of the person's interest in a category, 0 to 1; older interest counts less. */
  z.strictObject({ kind: z.literal('affinity'), category: name, ...numeric }),
  z.strictObject({ kind: z.literal('score'), of: z.enum(scoreNames), ...numeric }),
  /** The likeliest class. */
  z.strictObject({ kind: z.literal('class'), of: z.enum(classNames), ...textual }),
]);
export type Condition = z.infer<typeof conditionSchema>;

export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | Condition;

/** As documents describe it; {@link readRule} reads it, with words that point at what is wrong. */
export const ruleSchema: z.ZodMiniType<Rule, Rule> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.readonly(z.array(ruleSchema)) }),
    z.strictObject({ any: z.readonly(z.array(ruleSchema)) }),
    z.strictObject({ not: ruleSchema }),
    conditionSchema,
  ]),
);

/** What is wrong with a rule, and where: a path such as `all.2.value`. Holds nothing of the input's values. */
export class RuleProblem extends Error {
  override readonly name = 'RuleProblem';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** @throws RuleProblem that says where and what, also for a rule that is too deep or too large. */
export function readRule(given: unknown): Rule {
  return readAt(given, { path: [], depth: 0, cost: { conditions: 0 } });
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly depth: number;
  readonly cost: { conditions: number };
}

const problem = ({ path }: Place, message: string): RuleProblem => new RuleProblem(path.join('.'), message);
const inside = (place: Place, ...steps: (string | number)[]): Place => ({
  ...place,
  path: [...place.path, ...steps],
  depth: place.depth + 1,
});

function readAt(given: unknown, place: Place): Rule {
  if (place.depth > RULE_DEPTH) throw problem(place, `groups may be nested ${RULE_DEPTH} deep`);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw problem(place, 'this must be a group ("all", "any" or "not") or a condition');
  }
  const keys = Object.keys(given);
  const group = (['all', 'any', 'not'] as const).find((one) => keys.includes(one));
  if (group === undefined) return readCondition(given, place);
  if (keys.length > 1) throw problem(place, `a group holds "${group}" and nothing else`);
  const content: unknown = Reflect.get(given, group);
  if (group === 'not') return { not: readAt(content, inside(place, 'not')) };
  if (!Array.isArray(content)) throw problem(place, `"${group}" must be a list`);
  // Empty groups cost as well: a list of a million of them would.
  spend(place, content.length === 0 ? 1 : 0);
  const rules = content.map((one: unknown, i) => readAt(one, inside(place, group, i)));
  return group === 'all' ? { all: rules } : { any: rules };
}

function spend(place: Place, conditions: number): void {
  place.cost.conditions += conditions;
  if (place.cost.conditions > RULE_CONDITIONS) {
    throw problem(place, `a rule may hold ${RULE_CONDITIONS} conditions`);
  }
}

function readCondition(given: object, place: Place): Condition {
  spend(place, 1);
  const parsed = conditionSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const steps = (issue?.path ?? []).map((step) => (typeof step === 'number' ? step : String(step)));
    throw problem(
      inside(place, ...steps),
      'this is not what the condition takes here; see /api/openapi.json',
    );
  }
  checkValue(parsed.data, inside(place, 'value'));
  checkTrait(parsed.data, inside(place, 'op'));
  checkWindow(parsed.data, inside(place, 'days'));
  return parsed.data;
}

/** Each operator takes values of its own kind. */
function checkValue({ op, value }: Condition, place: Place): void {
  const wrong = (what: string): RuleProblem => problem(place, `the operator "${op}" takes ${what}`);
  if (op === 'exists' && typeof value !== 'boolean') throw wrong('true or false');
  if (op === 'in' && !Array.isArray(value)) throw wrong('a list');
  if (op !== 'in' && Array.isArray(value)) throw wrong('one value');
  if (['gt', 'gte', 'lt', 'lte'].includes(op) && typeof value !== 'number') throw wrong('a number');
  if ((op === 'contains' || op === 'startsWith') && typeof value !== 'string') throw wrong('a text');
}

/** What names a person is sealed: it can be there or not, and nothing more can be asked of it. */
function checkTrait(condition: Condition, place: Place): void {
  if (condition.kind !== 'trait' || condition.op === 'exists' || !isIdentifying(condition.name)) return;
  throw problem(place, `"${condition.name}" names a person and is sealed: only "exists" can be asked of it`);
}

function checkWindow(condition: Condition, place: Place): void {
  if (condition.kind !== 'count' || condition.days === undefined || isWindowCount(condition.of)) return;
  throw problem(place, `"${condition.of}" is kept for the whole life only, not per day`);
}
