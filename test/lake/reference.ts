/** What the questions about everybody mean, said once more in plain loops: what DuckDB must answer too. */
import type {
  CampaignQuery,
  CampaignRow,
  Cohort,
  FunnelAnswer,
  FunnelCount,
  FunnelQuery,
  FunnelStep,
  RetentionQuery,
} from '../../domain/insight/questions.ts';
import { amountOf } from '../../domain/profile/commerce.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';

const GAP = 30 * 60_000;

/** Orders pairs and triples of texts and numbers. */
function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, one] of a.entries()) {
    const other = b[i] ?? '';
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

const least = <T>(all: readonly T[], key: (one: T) => (string | number)[]): T | undefined =>
  all.toSorted((a, b) => compare(key(a), key(b)))[0];

/** Properties with half a character cannot be asked for. */
const readable = (events: readonly CleanEvent[]): CleanEvent[] =>
  events.map((event) =>
    /\\ud[89a-f]/.test(JSON.stringify(event.properties)) ? { ...event, properties: {} } : event,
  );

/** Each message once: as it was received first. */
function firstCopies(events: readonly CleanEvent[]): CleanEvent[] {
  const groups = Map.groupBy(events, ({ source, messageId }) => `${source} ${messageId}`);
  return [...groups.values()].flatMap(
    (copies) => least(copies, ({ receivedAt, receipt }) => [receivedAt, receipt.length, receipt]) ?? [],
  );
}

function peopleOf(events: readonly CleanEvent[]): (event: CleanEvent) => string {
  return ({ userId, anonymousId }) => {
    const seen = events.filter((one) => one.anonymousId === anonymousId && one.userId !== undefined);
    const owner = least(seen, (one) => [one.timestamp, one.userId ?? ''])?.userId;
    if (userId !== undefined) return `u${userId}`;
    return owner === undefined ? `d${anonymousId}` : `u${owner}`;
  };
}

const at = (object: JsonObject, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    object,
  );
const plain = (value: Json | undefined): string | undefined =>
  value === undefined || value === null || typeof value === 'object' || value === ''
    ? undefined
    : String(value);

const matches = (event: CleanEvent, { event: name, where }: FunnelStep): boolean =>
  event.event === name && where.every(({ property, is }) => at(event.properties, property) === is);

/** Times of the steps of the attempt that begins at the first of them. */
function attempt(start: number, events: readonly CleanEvent[], { steps, window }: FunnelQuery): number[] {
  const times = [start];
  for (const step of steps.slice(1)) {
    const later = events
      .filter((event) => matches(event, step) && event.timestamp > (times.at(-1) ?? 0))
      .map(({ timestamp }) => timestamp);
    const next = Math.min(...later);
    if (next > start + window) break;
    times.push(next);
  }
  return times;
}

const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
};

const counts = (attempts: readonly (readonly number[])[], steps: number): FunnelCount[] =>
  Array.from({ length: steps }, (_, i) => {
    const came = attempts.filter((times) => times.length > i);
    const took = came.map((times) => (times[i] ?? 0) - (times[i - 1] ?? 0));
    return { people: came.length, median: i === 0 ? undefined : median(took) };
  });

interface Best {
  readonly times: number[];
  readonly value: string | undefined;
}

export function funnel(events: readonly CleanEvent[], query: FunnelQuery): FunnelAnswer {
  const all = readable(events);
  const { steps, from, to, least: few, groups: most, breakdown } = query;
  const personOf = peopleOf(all);
  const inRange = ({ timestamp }: CleanEvent): boolean => timestamp >= from && timestamp < to;
  const [first] = steps;
  const bests: Best[] = [];
  const asked = firstCopies(all.filter(({ event }) => steps.some((step) => step.event === event)));
  for (const [person, done] of Map.groupBy(asked.filter(inRange), personOf)) {
    const starts = done.filter((event) => first && matches(event, first));
    const attempts = starts.map(({ timestamp }) => attempt(timestamp, done, query));
    const times = least(attempts, (one) => [-one.length, one[0] ?? 0]);
    const [start = 0] = times ?? [];
    const sameTime = starts.filter(({ timestamp }) => timestamp === start);
    const values =
      breakdown && 'property' in breakdown
        ? sameTime.map(({ properties }) => plain(at(properties, breakdown.property)))
        : lastKnown(
            all.filter((event) => inRange(event) && personOf(event) === person),
            start,
            query,
          );
    if (times) bests.push({ times, value: values.filter((value) => value !== undefined).sort()[0] });
  }
  return {
    steps: counts(
      bests.map(({ times }) => times),
      steps.length,
    ),
    groups: breakdown ? grouped(bests, steps.length, few, most) : [],
  };
}

/** Only devices are broken down by in these tests. */
function lastKnown(
  events: readonly CleanEvent[],
  start: number,
  { breakdown }: FunnelQuery,
): (string | undefined)[] {
  if (!(breakdown && 'attribute' in breakdown)) return [];
  const known = events.flatMap(({ timestamp, context }) => {
    const value = plain(at(context, 'device', 'type'));
    return value === undefined || timestamp > start ? [] : [{ timestamp, value }];
  });
  const last = Math.max(...known.map(({ timestamp }) => timestamp));
  return known.filter(({ timestamp }) => timestamp === last).map(({ value }) => value);
}

function grouped(bests: readonly Best[], steps: number, few: number, most: number): FunnelAnswer['groups'] {
  const by = [...Map.groupBy(bests, ({ value }) => value)];
  const named = by
    .filter(([value, group]) => value !== undefined && group.length >= few)
    .sort(([a = '', one], [b = '', other]) => compare([-one.length, a], [-other.length, b]))
    .slice(0, most);
  const of = (group: readonly Best[]): FunnelCount[] =>
    counts(
      group.map(({ times }) => times),
      steps,
    );
  const unknown = by.find(([value]) => value === undefined)?.[1] ?? [];
  const other = by
    .filter((one) => one[0] !== undefined && !named.includes(one))
    .flatMap(([, group]) => group);
  return [
    ...named.map(([value = '', group]) => ({ kind: 'named' as const, value, steps: of(group) })),
    ...(unknown.length > 0 ? [{ kind: 'unknown' as const, steps: of(unknown) }] : []),
    ...(other.length > 0 ? [{ kind: 'other' as const, steps: of(other) }] : []),
  ];
}

export function retention(all: readonly CleanEvent[], query: RetentionQuery): Cohort[] {
  const { from, period, periods, before } = query;
  const seen = all.filter(
    ({ timestamp }) => timestamp >= from - before && timestamp < from + period * periods,
  );
  const people = [...Map.groupBy(seen, peopleOf(all)).values()].map((events) =>
    events.map(({ timestamp }) => Math.floor((timestamp - from) / period)),
  );
  return Array.from({ length: periods }, (_none, cohort) => ({
    period: cohort,
    active: Array.from(
      { length: periods - cohort },
      (_, later) =>
        people.filter((numbers) => Math.min(...numbers) === cohort && numbers.includes(cohort + later))
          .length,
    ),
  }));
}

interface Credited {
  readonly person: string;
  readonly campaign: string | undefined;
  readonly revenue?: number;
}

const campaignIn = ({ context }: CleanEvent): string[] => [
  plain(at(context, 'campaign', 'source')) ?? '',
  plain(at(context, 'campaign', 'medium')) ?? '',
  plain(at(context, 'campaign', 'name')) ?? '',
];

export function campaigns(events: readonly CleanEvent[], query: CampaignQuery): CampaignRow[] {
  const all = readable(events);
  const { from, to, memory } = query;
  const personOf = peopleOf(all);
  const seen = all.filter(({ timestamp }) => timestamp >= from - memory && timestamp < to);
  const touches = seen.filter((event) => campaignIn(event).some((text) => text !== ''));
  const credit = (person: string, time: number): string | undefined => {
    const before = touches.filter((touch) => personOf(touch) === person && touch.timestamp <= time);
    const last = least(before, (touch) => [-touch.timestamp, ...campaignIn(touch)]);
    return last && last.timestamp >= time - memory ? JSON.stringify(campaignIn(last)) : undefined;
  };
  const visited: Credited[] = [];
  for (const [person, done] of Map.groupBy(seen, personOf))
    for (const { start, until } of visitsOf(done.map(({ timestamp }) => timestamp)))
      if (start >= from) visited.push({ person, campaign: credit(person, until) });
  const orders = Map.groupBy(
    seen.filter(({ event }) => event === 'Order Completed'),
    ({ properties, source, messageId }) => plain(at(properties, 'order_id')) ?? `${source}\u0000${messageId}`,
  );
  const bought: Credited[] = [];
  for (const copies of orders.values()) {
    const first = least(copies, (one) => [one.timestamp, personOf(one), amountOf(one, [])]);
    if (!first || first.timestamp < from) continue;
    const person = personOf(first);
    bought.push({ person, campaign: credit(person, first.timestamp), revenue: amountOf(first, []) / 100 });
  }
  return rowsOf(visited, bought, query.least);
}

function visitsOf(times: readonly number[]): { start: number; until: number }[] {
  const visits: { start: number; until: number }[] = [];
  for (const time of times.toSorted((a, b) => a - b)) {
    const last = visits.at(-1);
    if (last && time - last.until < GAP) last.until = time;
    else visits.push({ start: time, until: time });
  }
  return visits;
}

function rowsOf(visited: readonly Credited[], bought: readonly Credited[], few: number): CampaignRow[] {
  const distinct = (some: readonly Credited[]): number => new Set(some.map(({ person }) => person)).size;
  const of = (all: readonly Credited[], label: string | undefined): Credited[] =>
    all.filter(({ campaign }) => campaign === label);
  const all = new Set([...visited, ...bought].map(({ campaign }) => campaign));
  const labels = [...all].filter((label) => label !== undefined);
  const named = labels.filter((label) => distinct(of(visited, label)) >= few);
  const small = labels.filter((label) => !named.includes(label));
  const row = (kind: CampaignRow['kind'], wanted: readonly (string | undefined)[]): CampaignRow => {
    const sessions = wanted.flatMap((label) => of(visited, label));
    const orders = wanted.flatMap((label) => of(bought, label));
    const [source, medium, name]: (string | undefined)[] =
      kind === 'named' ? JSON.parse(wanted[0] ?? '[]') : [];
    return {
      kind,
      campaign: { ...(source && { source }), ...(medium && { medium }), ...(name && { name }) },
      sessions: sessions.length,
      people: distinct(sessions),
      orders: orders.length,
      buyers: distinct(orders),
      revenue: orders.reduce((sum, { revenue = 0 }) => sum + revenue, 0),
    };
  };
  return [
    ...named
      .map((label) => row('named', [label]))
      .sort((a, b) => compare([-a.sessions, ...keyOf(a)], [-b.sessions, ...keyOf(b)])),
    ...(all.has(undefined) ? [row('unknown', [undefined])] : []),
    ...(small.length > 0 ? [row('other', small)] : []),
  ];
}

const keyOf = ({ campaign }: CampaignRow): string[] => [
  campaign.source ?? '',
  campaign.medium ?? '',
  campaign.name ?? '',
];
