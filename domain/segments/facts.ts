/** What rules look at: one person's facts, gathered from the profile's state and its stored scores. */
import { joinCategories } from '../profile/merge.ts';
import { DAY_MS, dayNames, type ProfileState, totalNames } from '../profile/state.ts';
import type { Scores } from '../scores/scores.ts';
import { isSealed, UNREAD } from '../vault/seal.ts';
import type { ClassName, LifeCount, Moment, ScoreName, WindowCount } from './rule.ts';

export type Scalar = string | number | boolean;

/** [UTC day number, sum of that day], ascending by day. Money in hundredths. */
export type DaySum = readonly [day: number, sum: number];

/** What conditions ask for, of one person or of many. */
export interface Source<Value> {
  trait(name: string): Value;
  attribute(name: string): Value;
  /** Unknown where it has no meaning: the average of no order. */
  total(name: LifeCount): Value;
  /** Sum over the days from `from` on; money in units. */
  sumFrom(name: WindowCount, from: number): Value;
  /** Whole days. */
  since(name: Moment, now: number): Value;
  affinity(category: string): Value;
  score(name: ScoreName): Value;
  label(name: ClassName): Value;
}

/** One person, as an evaluation reads them. */
export interface Facts extends Source<Scalar | undefined> {
  total(name: LifeCount): number | undefined;
  /** Day by day, without days of 0; money in hundredths. */
  daysFrom(name: WindowCount, from: number): DaySum[];
  /** ms since the epoch. */
  moment(name: Moment): number | undefined;
}

/** Whole days between a moment and now, ms. NaN where the moment is. */
export const daysSince = (moment: number, now: number): number =>
  Math.max(0, Math.floor((now - moment) / DAY_MS));

/** Days after which an interest counts half, as profiles show it. */
const HALF_LIFE_MS = 30 * DAY_MS;
const TEXT = 256;

export const isMoney = (name: LifeCount | WindowCount): boolean => name === 'revenue';

/** Facts as plain values. Days are rows of [day, ...counts in the order of `dayNames`], ascending. */
export interface PlainFacts {
  readonly traits: ReadonlyMap<string, Scalar>;
  readonly attributes: ReadonlyMap<string, string>;
  /** In the order of `totalNames`; money in hundredths. */
  readonly totals: readonly number[];
  readonly days: readonly (readonly number[])[];
  readonly affinities: ReadonlyMap<string, number>;
  readonly firstSeen: number | undefined;
  readonly lastSeen: number | undefined;
  readonly scores: { readonly [S in ScoreName]?: number };
  readonly classes: { readonly [C in ClassName]?: string };
}

export function plainFacts(state: ProfileState, scores?: Scores): PlainFacts {
  const parts = [...state.parts.values()];
  const totals = totalNames.map((name, i) =>
    parts.reduce((sum, part) => {
      const value = part.totals[i] ?? 0;
      return name === 'lastOrderAt' ? Math.max(sum, value) : sum + value;
    }, 0),
  );
  const { behaviour, classes } = scores ?? {};
  return {
    traits: new Map(
      [...state.traits].flatMap(([name, { value }]) => (value === null ? [] : [[name, scalar(value)]])),
    ),
    attributes: new Map([...state.attributes].map(([name, { value }]) => [name, value.slice(0, TEXT)])),
    totals,
    days: daysOf(state),
    affinities: sharesOf(state),
    firstSeen: state.firstSeen,
    lastSeen: state.lastSeen,
    scores: behaviour
      ? { purchase: behaviour.purchase, churn: behaviour.churn, nextOrderValue: behaviour.nextOrderValue }
      : {},
    classes: classes ? { lifecycle: classes.lifecycle.class, persona: classes.persona.class } : {},
  };
}

/** Lists and objects are looked at as their JSON. Of what is sealed a rule may know that it is there. */
function scalar(value: unknown): Scalar {
  if (typeof value === 'string' && isSealed(value)) return UNREAD;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, TEXT);
}

function daysOf(state: ProfileState): number[][] {
  const days = new Map<number, number[]>();
  for (const part of state.parts.values()) {
    for (const [day, { counts }] of part.days) {
      const known = days.get(day) ?? dayNames.map(() => 0);
      counts.forEach((count, i) => {
        known[i] = (known[i] ?? 0) + count;
      });
      days.set(day, known);
    }
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, counts]) => [day, ...counts]);
}

/** All interests fade at one rate, so their shares do not change as time goes by. */
function sharesOf(state: ProfileState): Map<string, number> {
  const categories = [...joinCategories(state.parts.values())];
  const newest = Math.max(0, ...categories.map(([, [, , , last]]) => last));
  const weights = categories.map(([name, [events, , , last]]): [string, number] => [
    name,
    events * 2 ** ((last - newest) / HALF_LIFE_MS),
  ]);
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(all > 0 ? weights.map(([name, weight]) => [name, weight / all]) : []);
}

const totalAt = Object.fromEntries(totalNames.map((name, i) => [name, i]));

/** A life count from totals as profiles keep them, which `at` reads by index. */
export function lifeCount(name: LifeCount, at: (index: number) => number): number | undefined {
  const total = (of: string): number => at(totalAt[of] ?? 0);
  switch (name) {
    case 'revenue':
      return total('revenueMinor') / 100;
    case 'refunded':
      return total('refundedMinor') / 100;
    case 'net':
      return (total('revenueMinor') - total('refundedMinor')) / 100;
    case 'averageOrder':
      return total('orders') > 0 ? total('revenueMinor') / 100 / total('orders') : undefined;
    default:
      return total(name);
  }
}

/** Index of a window count in a day's row, behind the day itself. */
export const dayColumn: { readonly [W in WindowCount]: number } = {
  events: 1,
  pageViews: 2,
  productViews: 3,
  cartAdds: 4,
  orders: 5,
  revenue: 6,
};

export const momentIn = ({ totals, firstSeen, lastSeen }: PlainFacts, name: Moment): number | undefined =>
  name === 'lastOrder'
    ? totals[totalAt['lastOrderAt'] ?? 0] || undefined
    : name === 'firstSeen'
      ? firstSeen
      : lastSeen;

/** Reads plain facts. */
export function factsFrom(plain: PlainFacts): Facts {
  const { traits, attributes, totals, days, affinities, scores, classes } = plain;
  const at = (index: number): number => totals[index] ?? 0;
  const daysFrom = (name: WindowCount, from: number): DaySum[] =>
    days.flatMap((row) => {
      const [day = 0, sum = 0] = [row[0], row[dayColumn[name]]];
      return day >= from && sum !== 0 ? [[day, sum] as const] : [];
    });
  const moment = (name: Moment): number | undefined => momentIn(plain, name);
  return {
    trait: (name) => traits.get(name),
    attribute: (name) => attributes.get(name),
    total: (name) => lifeCount(name, at),
    daysFrom,
    sumFrom: (name, from) => {
      const sum = daysFrom(name, from).reduce((all, [, count]) => all + count, 0);
      return isMoney(name) ? sum / 100 : sum;
    },
    moment,
    since: (name, now) => {
      const known = moment(name);
      return known === undefined ? undefined : daysSince(known, now);
    },
    affinity: (category) => affinities.get(category) ?? 0,
    score: (name) => scores[name],
    label: (name) => classes[name],
  };
}
