/** A rule in plain words, for the people it is about. */
import type { Condition, LifeCount, Moment, Operator, Rule, ScoreName } from './rule.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

interface Words {
  readonly and: string;
  readonly or: string;
  readonly not: (rule: string) => string;
  readonly everybody: string;
  readonly nobody: string;
  readonly counts: Readonly<Record<LifeCount, string>>;
  readonly moments: Readonly<Record<Moment, string>>;
  readonly scores: Readonly<Record<ScoreName, string>>;
  readonly classes: { readonly lifecycle: string; readonly persona: string };
  readonly days: (what: string, days: number) => string;
  readonly affinity: (category: string) => string;
  readonly operators: Readonly<Record<Exclude<Operator, 'exists'>, string>>;
  readonly known: string;
  readonly unknown: string;
  readonly gap: string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    and: ' and ',
    or: ' or ',
    not: (rule) => `not (${rule})`,
    everybody: 'everybody',
    nobody: 'nobody',
    counts: {
      events: 'number of visits and clicks',
      pageViews: 'pages seen',
      productViews: 'products seen',
      cartAdds: 'items put into the cart',
      checkouts: 'checkouts started',
      orders: 'orders',
      revenue: 'amount spent',
      items: 'items bought',
      refunds: 'refunds',
      refunded: 'amount refunded',
      cancellations: 'cancelled orders',
      net: 'amount spent less refunds',
      averageOrder: 'average order',
    },
    moments: {
      lastSeen: 'days since the last visit',
      firstSeen: 'days since the first visit',
      lastOrder: 'days since the last order',
    },
    scores: {
      purchase: 'estimated chance of an order soon (0 to 1)',
      churn: 'estimated chance of not coming back (0 to 1)',
      nextOrderValue: 'estimated value of the next order',
    },
    classes: { lifecycle: 'estimated kind of customer', persona: 'estimated group of similar customers' },
    days: (what, days) => `${what} in the last ${days} days`,
    affinity: (category) => `interest in ${category} (0 to 1)`,
    operators: {
      eq: 'is',
      ne: 'is not',
      gt: 'is above',
      gte: 'is at least',
      lt: 'is below',
      lte: 'is at most',
      in: 'is one of',
      contains: 'contains',
      startsWith: 'begins with',
    },
    known: 'is known',
    unknown: 'is not known',
    gap: ' ',
  },
  zh: {
    and: '，并且',
    or: '，或者',
    not: (rule) => `不满足（${rule}）`,
    everybody: '所有人',
    nobody: '没有人',
    counts: {
      events: '访问和点击次数',
      pageViews: '浏览的页面数',
      productViews: '浏览的商品数',
      cartAdds: '加入购物车的次数',
      checkouts: '开始结账的次数',
      orders: '订单数',
      revenue: '消费金额',
      items: '购买的商品数',
      refunds: '退款次数',
      refunded: '退款金额',
      cancellations: '取消的订单数',
      net: '扣除退款后的消费金额',
      averageOrder: '平均订单金额',
    },
    moments: {
      lastSeen: '距上次访问的天数',
      firstSeen: '距首次访问的天数',
      lastOrder: '距上次下单的天数',
    },
    scores: {
      purchase: '近期下单的估计概率（0 到 1）',
      churn: '不再回访的估计概率（0 到 1）',
      nextOrderValue: '下一个订单的估计金额',
    },
    classes: { lifecycle: '估计的客户类型', persona: '估计的相似客户群' },
    days: (what, days) => `最近 ${days} 天的${what}`,
    affinity: (category) => `对“${category}”的兴趣（0 到 1）`,
    operators: {
      eq: '是',
      ne: '不是',
      gt: '大于',
      gte: '不少于',
      lt: '小于',
      lte: '不超过',
      in: '属于',
      contains: '包含',
      startsWith: '开头是',
    },
    known: '已知',
    unknown: '未知',
    gap: '',
  },
};

/** One sentence without an end. Names and values of the rule stand in it as they are. */
export function sayRule(rule: Rule, language: Language): string {
  const say = words[language];
  if ('not' in rule) return say.not(sayRule(rule.not, language));
  if ('all' in rule) return joined(rule.all, say.and, say.everybody, language);
  if ('any' in rule) return joined(rule.any, say.or, say.nobody, language);
  return sayCondition(rule, say);
}

function joined(rules: readonly Rule[], by: string, none: string, language: Language): string {
  const [only] = rules;
  if (only === undefined) return none;
  if (rules.length === 1) return sayRule(only, language);
  const grouped = (rule: Rule): string =>
    'all' in rule || 'any' in rule ? `(${sayRule(rule, language)})` : sayRule(rule, language);
  return rules.map(grouped).join(by);
}

function sayCondition(condition: Condition, say: Words): string {
  const { op, value } = condition;
  const what = subjectOf(condition, say);
  if (op === 'exists') return `${what}${say.gap}${value === true ? say.known : say.unknown}`;
  const told = Array.isArray(value) ? value.join(', ') : String(value);
  return `${what}${say.gap}${say.operators[op]} ${told}`;
}

function subjectOf(condition: Condition, say: Words): string {
  switch (condition.kind) {
    case 'trait':
    case 'attribute':
      return condition.name;
    case 'count': {
      const what = say.counts[condition.of];
      return condition.days === undefined ? what : say.days(what, condition.days);
    }
    case 'since':
      return say.moments[condition.of];
    case 'affinity':
      return say.affinity(condition.category);
    case 'score':
      return say.scores[condition.of];
    case 'class':
      return say.classes[condition.of];
  }
}
