import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { FunnelQuery } from '../../domain/insight/questions.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { campaigns, funnel, retention } from '../../test/lake/reference.ts';
import { EmbeddedObjects } from '../embedded/objects.ts';
import { DuckLake } from './duckdb.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 1, 10);
const home = mkdtempSync(join(tmpdir(), 'insights-'));
const RUNS = 30;

const value = fc.constantFrom(
  'red',
  '',
  'a/b~"\u00e9',
  1,
  -2.5,
  10,
  '10',
  true,
  'true',
  null,
  { deep: 1 },
  'half \ud800',
);
const maybe = (name: string, values: fc.Arbitrary<unknown>) =>
  fc.option(values, { nil: undefined }).map((one) => (one === undefined ? {} : { [name]: one }));
const properties = fc
  .tuple(
    maybe('colour', value),
    maybe('x/~"y', value),
    maybe('order_id', fc.constantFrom('o1', 'o2', 7)),
    maybe('revenue', fc.constantFrom(10, 20.25, 'much')),
    maybe('total', fc.constantFrom(5)),
  )
  .map((parts): CleanEvent['properties'] => JSON.parse(JSON.stringify(Object.assign({}, ...parts))));
const context = fc
  .tuple(
    maybe('device', fc.constantFrom({ type: 'phone' }, { type: 'desktop' }, {})),
    maybe(
      'campaign',
      fc.constantFrom(
        { name: 'spring', source: 'mail' },
        { medium: 'email' },
        { source: 'ads' },
        { term: 'x' },
      ),
    ),
  )
  .map((parts): CleanEvent['context'] => JSON.parse(JSON.stringify(Object.assign({}, ...parts))));

const eventLike: fc.Arbitrary<CleanEvent> = fc
  .record({
    event: fc.constantFrom('A', 'B', 'C', 'Order Completed'),
    who: fc.constantFrom(
      { userId: 'u1' },
      { userId: 'u2' },
      { anonymousId: 'd1' },
      { anonymousId: 'd2' },
      { userId: 'u1', anonymousId: 'd1' },
      { userId: 'u2', anonymousId: 'd1' },
      { userId: 'd2' },
    ),
    minute: fc.integer({ min: 0, max: 200 }),
    late: fc.constantFrom(0, 90 * MINUTE),
    flags: fc.constantFrom<CleanEvent['flags'][]>([], ['currency_unknown']),
    properties,
    context,
  })
  .map(({ who, minute, late, ...rest }) => ({
    version: 1,
    receipt: '',
    tenant: 'acme',
    source: 'web',
    trust: 'public',
    messageId: '',
    type: 'track',
    ...who,
    timestamp: START + minute * MINUTE,
    receivedAt: START + minute * MINUTE + late,
    traits: {},
    ...rest,
  }));

/** Messages with ids of their own, some of which came twice. */
const events = fc.array(fc.tuple(eventLike, fc.boolean()), { minLength: 1, maxLength: 40 }).map((all) =>
  all.flatMap(([event, twice], i): CleanEvent[] => {
    const one = { ...event, messageId: `m${i}`, receipt: `s:${i}:0` };
    return twice ? [one, { ...one, receipt: `s:${i + 1000}:0`, receivedAt: one.receivedAt + 1 }] : [one];
  }),
);

const range = fc.constantFrom(
  { from: START, to: START + 300 * MINUTE },
  { from: START + 40 * MINUTE, to: START + 160 * MINUTE },
);
const step = fc.record({
  event: fc.constantFrom('A', 'B', 'C'),
  where: fc.array(
    fc.record({
      property: fc.constantFrom('colour', 'x/~"y'),
      is: fc.constantFrom('red', 'a/b~"\u00e9', 1, -2.5, '10', 10, true),
    }),
    { maxLength: 1 },
  ),
});
const funnelQuery: fc.Arbitrary<FunnelQuery> = fc
  .record({
    range,
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    window: fc.constantFrom(20 * MINUTE, 100 * MINUTE),
    least: fc.constantFrom(1, 2),
    groups: fc.constantFrom(1, 3),
    by: fc.constantFrom(
      {},
      { breakdown: { property: 'colour' } } as const,
      { breakdown: { attribute: 'device' } } as const,
    ),
  })
  .map(({ range: { from, to }, by, ...rest }) => ({ tenant: 'acme', from, to, ...rest, ...by }));

const root = join(home, 'lake');
const lake = new DuckLake({ objects: new EmbeddedObjects(root), scratch: join(home, 'scratch'), root });
afterAll(async () => {
  await lake.close();
  rmSync(home, { recursive: true, force: true });
});
let run = 0;

/** Stores these events in two batches as those of a tenant of their own. */
async function stored(all: readonly CleanEvent[]): Promise<string> {
  const tenant = `t${run++}`;
  const bytes = all.map((one) => new TextEncoder().encode(JSON.stringify({ ...one, tenant })));
  await lake.append(`${tenant}-0`, bytes.slice(0, bytes.length / 2));
  await lake.append(`${tenant}-1`, bytes.slice(bytes.length / 2));
  return tenant;
}

test('a funnel is what plain loops say it is', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.tuple(funnelQuery, funnelQuery, funnelQuery), async (all, queries) => {
      const tenant = await stored(all);
      for (const asked of queries) {
        const query = { ...asked, tenant };
        expect(await lake.insights.funnel(query)).toEqual(funnel(all, query));
      }
    }),
    { numRuns: RUNS },
  );
});

test('retention and campaigns are what plain loops say they are', async () => {
  await fc.assert(
    fc.asyncProperty(events, range, fc.constantFrom(1, 2), async (all, { from, to }, least) => {
      const tenant = await stored(all);
      const periods = { tenant, from, period: 30 * MINUTE, periods: 4, before: 20 * MINUTE };
      expect(await lake.insights.retention(periods)).toEqual(retention(all, periods));
      const query = { tenant, from, to, least, memory: 45 * MINUTE };
      expect(await lake.insights.campaigns(query)).toEqual(campaigns(all, query));
    }),
    { numRuns: RUNS },
  );
});

test('another tenant and an empty lake have nobody', async () => {
  const asked = { tenant: 'other', from: START, to: START + MINUTE, least: 1 };
  const steps = [{ event: 'A', where: [] }];
  expect(await lake.insights.funnel({ ...asked, steps, window: MINUTE, groups: 3 })).toEqual({
    steps: [{ people: 0, median: undefined }],
    groups: [],
  });
  expect(await lake.insights.campaigns({ ...asked, memory: MINUTE })).toEqual([]);
});
