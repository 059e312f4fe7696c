/** Segments that most shops want, ready to be taken: by frequency and value, on the grid of recency and frequency, by class. */
import type { Condition, Rule } from './rule.ts';

/** Where the shop's own buyers divide. */
export interface Marks {
  /** Orders: at and above `high` somebody buys often; at and below `low` seldom. */
  readonly orders: { readonly low: number; readonly high: number };
  /** Revenue less refunds, units of the currency. */
  readonly value: { readonly low: number; readonly high: number };
}

export const usualMarks: Marks = { orders: { low: 1, high: 4 }, value: { low: 30, high: 300 } };

export interface Ready {
  /** Stable. */
  readonly key: string;
  readonly group: 'frequency' | 'value' | 'rfm' | 'lifecycle';
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
}

const count = (of: 'orders' | 'net', op: 'gte' | 'lte' | 'eq', value: number): Condition => ({
  kind: 'count',
  of,
  op,
  value,
});
const lastOrder = (op: 'lte' | 'gt', value: number): Condition => ({
  kind: 'since',
  of: 'lastOrder',
  op,
  value,
});
export const buyer = count('orders', 'gte', 1);

/** Bounds of recency, whole days since the last order. */
const recencies = [
  { key: 'recent', says: 'ordered in the last 30 days', rules: [lastOrder('lte', 30)] },
  {
    key: 'cooling',
    says: 'last ordered 31 to 90 days ago',
    rules: [lastOrder('gt', 30), lastOrder('lte', 90)],
  },
  { key: 'past', says: 'last ordered more than 90 days ago', rules: [lastOrder('gt', 90)] },
] as const;
const frequencies = [
  { key: 'once', says: 'one order', rules: [count('orders', 'eq', 1)] },
  { key: 'some', says: '2 or 3 orders', rules: [count('orders', 'gte', 2), count('orders', 'lte', 3)] },
  { key: 'often', says: '4 orders or more', rules: [count('orders', 'gte', 4)] },
] as const;
const gridNames: Readonly<Record<string, string>> = {
  'recent-once': 'New customers',
  'recent-some': 'Promising customers',
  'recent-often': 'Champions',
  'cooling-once': 'One order, cooling',
  'cooling-some': 'Cooling customers',
  'cooling-often': 'Loyal, cooling',
  'past-once': 'Came once',
  'past-some': 'Lost customers',
  'past-often': 'Lost champions',
};

const grid: readonly Ready[] = recencies.flatMap((recency) =>
  frequencies.map((frequency): Ready => {
    const key = `${recency.key}-${frequency.key}`;
    return {
      key: `rfm-${key}`,
      group: 'rfm',
      name: gridNames[key] ?? key,
      description: `${frequency.says}, ${recency.says}`,
      rule: { all: [...recency.rules, ...frequency.rules] },
    };
  }),
);

const classes: readonly Ready[] = ['new', 'active', 'loyal', 'at risk', 'lapsed'].map((name) => ({
  key: `lifecycle-${name.replace(' ', '-')}`,
  group: 'lifecycle',
  name: `Lifecycle: ${name}`,
  description: `expected to be "${name}" in the next 30 days`,
  rule: { kind: 'class', of: 'lifecycle', op: 'eq', value: name },
}));

const risk: Ready = {
  key: 'at-risk',
  group: 'lifecycle',
  name: 'Good customers at risk',
  description:
    'ordered before, and likely to be silent for 30 days: a high chance of churn, or the class "at risk"',
  rule: {
    all: [
      buyer,
      {
        any: [
          { kind: 'score', of: 'churn', op: 'gte', value: 0.7 },
          { kind: 'class', of: 'lifecycle', op: 'eq', value: 'at risk' },
        ],
      },
    ],
  },
};

export function readySegments({ orders, value }: Marks): readonly Ready[] {
  return [
    {
      key: 'high-frequency',
      group: 'frequency',
      name: 'High frequency',
      description: `${orders.high} orders or more`,
      rule: count('orders', 'gte', orders.high),
    },
    {
      key: 'low-frequency',
      group: 'frequency',
      name: 'Low frequency',
      description: `ordered, and no more than ${orders.low} times`,
      rule: { all: [buyer, count('orders', 'lte', orders.low)] },
    },
    {
      key: 'high-value',
      group: 'value',
      name: 'High value',
      description: `spent ${value.high} or more, refunds taken off`,
      rule: { all: [buyer, count('net', 'gte', value.high)] },
    },
    {
      key: 'low-value',
      group: 'value',
      name: 'Low value',
      description: `ordered, and spent no more than ${value.low}`,
      rule: { all: [buyer, count('net', 'lte', value.low)] },
    },
    ...grid,
    ...classes,
    risk,
  ];
}
