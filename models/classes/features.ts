/** A customer at a point in time as a row of named numbers. General on purpose: every model of customers can read it. */
import type { Example } from '../behaviour/example.ts';
import type { Matrix } from '../selection/learner.ts';
import { ORDER } from './baskets.ts';
import { type Facts, factsOf, mean, share, sum } from './facts.ts';
import type { CustomerPlan } from './plan.ts';

export interface Feature {
  readonly name: string;
  readonly description: string;
  /** Of an example; always a finite number. */
  readonly of: (facts: Facts) => number;
}

/** Longer ago counts as this long ago. */
const MOST_DAYS = 365;

/** One row per example, one column per feature of the plan. */
export function featureRows(examples: readonly Example[], plan: CustomerPlan): Matrix {
  const features = featuresOf(plan);
  const data = new Float64Array(examples.length * features.length);
  examples.forEach((example, row) => {
    const facts = factsOf(example);
    features.forEach(({ of }, column) => (data[row * features.length + column] = of(facts)));
  });
  return { rows: examples.length, columns: features.length, data };
}

/** In the order of the columns. Counts, money and spans are ln(1 + x), so that large ones do not outweigh the rest. */
export const featuresOf = ({ kinds, categories }: CustomerPlan): Feature[] => [
  ...recency,
  ...money,
  ...kinds.flatMap((kind) => [
    numberWithin(`${kind}, 7 days`, `ln(1 + events \`${kind}\` in the last 7 days)`, 7, kind),
    numberWithin(`${kind}, 30 days`, `ln(1 + events \`${kind}\` in the last 30 days)`, 30, kind),
  ]),
  ...rhythm,
  ...categories.map((category) => ({
    name: `category ${category}`,
    description: `share of \`${category}\` among events with a category`,
    of: (facts: Facts) => share(facts.categories.get(category) ?? 0, facts.categorised),
  })),
  {
    name: 'other categories',
    description: 'share of all other categories among events with a category',
    of: (facts) =>
      share(facts.categorised - sum(categories.map((c) => facts.categories.get(c) ?? 0)), facts.categorised),
  },
  {
    name: 'variety',
    description: 'distinct categories, ln(1 + x)',
    of: ({ categories: seen }) => Math.log1p(seen.size),
  },
];

/** The row as JSON Schema, draft 2020-12. */
export const featureSchema = (plan: CustomerPlan) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A customer at a point in time',
  type: 'object',
  properties: Object.fromEntries(
    featuresOf(plan).map(({ name, description }) => [name, { type: 'number', description }]),
  ),
  required: featuresOf(plan).map(({ name }) => name),
  additionalProperties: false,
});

const days = (age: number): number => Math.log1p(Math.min(MOST_DAYS, age));
const lastOrder = ({ events, ages }: Facts): number =>
  ages[events.findLastIndex(({ kind }) => kind === ORDER)] ?? MOST_DAYS;

const recency: Feature[] = [
  {
    name: 'recency',
    description: 'ln(1 + days since the last event)',
    of: ({ ages }) => days(ages.at(-1) ?? MOST_DAYS),
  },
  {
    name: 'recency of order',
    description: 'ln(1 + days since the last order); 365 days where there is none',
    of: (facts) => days(lastOrder(facts)),
  },
  {
    name: 'tenure',
    description: 'ln(1 + days since the oldest known event)',
    of: ({ ages }) => days(ages[0] ?? 0),
  },
  {
    name: 'events',
    description: 'ln(1 + known events)',
    of: ({ events }) => Math.log1p(events.length),
  },
];

const money: Feature[] = [
  { name: 'orders', description: 'ln(1 + orders)', of: ({ orders }) => Math.log1p(orders.length) },
  {
    name: 'has ordered',
    description: '1 after an order, else 0',
    of: ({ orders }) => Number(orders.length > 0),
  },
  {
    name: 'spending',
    description: 'ln(1 + value of all orders, major currency units)',
    of: ({ orders }) => Math.log1p(sum(orders.map(({ value }) => value))),
  },
  {
    name: 'order value',
    description: 'ln(1 + mean value of an order, major currency units); 0 without orders',
    of: ({ orders }) => Math.log1p(mean(orders.map(({ value }) => value))),
  },
  {
    name: 'basket size',
    description: 'mean number of items put into the basket before an order; 0 without orders',
    of: ({ orders }) => mean(orders.map(({ items }) => items)),
  },
  {
    name: 'open basket',
    description: 'ln(1 + items put into the basket since the last order)',
    of: ({ open }) => Math.log1p(open),
  },
  {
    name: 'price level',
    description: 'ln(1 + mean price of what was looked at or bought, major currency units)',
    of: ({ events }) =>
      Math.log1p(mean(events.flatMap(({ price }) => (price === undefined || price < 0 ? [] : [price])))),
  },
];

/** Events of one kind, or of all, within some days before the cut. */
const numberWithin = (name: string, description: string, within: number, kind?: string): Feature => ({
  name,
  description,
  of: ({ events, ages }) =>
    Math.log1p(
      events.filter((event, i) => (kind === undefined || event.kind === kind) && (ages[i] ?? within) < within)
        .length,
    ),
});

const hourShare = (from: number, to: number): Feature => ({
  name: `hours ${from} to ${to}`,
  description: `share of events from ${from} to ${to} o'clock, UTC`,
  of: ({ events }) =>
    share(
      events.filter(({ at }) => {
        const hour = new Date(at).getUTCHours();
        return hour >= from && hour < to;
      }).length,
      events.length,
    ),
});

const rhythm: Feature[] = [
  ...[7, 30].map(
    (within): Feature => ({
      name: `active days, ${within} days`,
      description: `days with events in the last ${within} days`,
      of: (facts) => facts.days.filter((day) => day < within).length,
    }),
  ),
  {
    name: 'mean gap',
    description: 'ln(1 + mean days between active days); 365 days with fewer than two',
    of: ({ gaps }) => days(gaps.length === 0 ? MOST_DAYS : mean(gaps)),
  },
  {
    name: 'gap deviation',
    description: 'ln(1 + standard deviation of the days between active days)',
    of: ({ gaps }) => days(Math.sqrt(mean(gaps.map((gap) => (gap - mean(gaps)) ** 2)))),
  },
  {
    name: 'overdue',
    description: 'ln(1 + days since the last event / mean days between active days); 0 with fewer than two',
    of: ({ gaps, ages }) => (gaps.length === 0 ? 0 : Math.log1p((ages.at(-1) ?? 0) / mean(gaps))),
  },
  hourShare(0, 6),
  hourShare(6, 12),
  hourShare(12, 18),
  {
    name: 'weekend',
    description: 'share of events on Saturday and Sunday, UTC',
    of: ({ events }) =>
      share(events.filter(({ at }) => new Date(at).getUTCDay() % 6 === 0).length, events.length),
  },
];
