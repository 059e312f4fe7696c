/** Questions about everybody through the API: nothing exact of people, nothing of a few, and nothing without bounds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { campaignsReply } from '../../functions/api/insights/campaigns.ts';
import { funnelReply } from '../../functions/api/insights/funnel.ts';
import { retentionReply } from '../../functions/api/insights/retention.ts';
import { testFolder } from '../fixtures/folder.ts';
import { NOW, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const folder = testFolder();
const objects = new EmbeddedObjects(`${folder.path}/events`);
const lake = new DuckLake({ objects, scratch: `${folder.path}/scratch`, root: `${folder.path}/events` });
let chain: TestChain;

let messages = 0;
function event(name: string, person: number, at: number, more: Partial<CleanEvent> = {}): CleanEvent {
  return {
    version: 1,
    receipt: `s:${messages}:0`,
    tenant: 'test',
    source: 'web',
    trust: 'public',
    messageId: `m${messages++}`,
    type: 'track',
    event: name,
    userId: `person-${person}`,
    timestamp: at,
    receivedAt: at,
    properties: {},
    traits: {},
    context: {},
    flags: [],
    ...more,
  };
}

/** 63 look, 41 of them from a mail; 38 take one, ten minutes later; 12 buy; three people are of another tenant. */
function past(): CleanEvent[] {
  const all: CleanEvent[] = [];
  const start = NOW - 2 * DAY;
  for (let person = 0; person < 63; person++) {
    const campaign = person < 41 ? { campaign: { source: 'mail', name: 'spring' } } : {};
    const context = { device: { type: person < 30 ? 'phone' : 'desktop' }, ...campaign };
    all.push(event('Viewed', person, start, { context, properties: { colour: `c${person % 2}`, person } }));
    if (person < 38) all.push(event('Added', person, start + 600_000));
    if (person < 12)
      all.push(event('Order Completed', person, start + HOUR, { properties: { revenue: 10 } }));
    if (person < 29) all.push(event('Viewed', person, start - 7 * DAY));
  }
  for (let person = 0; person < 3; person++) all.push(event('Viewed', person, start, { tenant: 'other' }));
  return all;
}

beforeAll(async () => {
  await lake.append(
    'past',
    past().map((one) => new TextEncoder().encode(JSON.stringify(one))),
  );
  chain = await testChain({ lake });
});
afterAll(async () => {
  chain[Symbol.dispose]();
  await lake.close();
  folder[Symbol.dispose]();
});

const steps = [{ event: 'Viewed' }, { event: 'Added' }, { event: 'Order Completed' }];
const ask = (body: object, key?: string) =>
  chain.ask('/api/funnel', {
    method: 'POST',
    body: JSON.stringify({ from: '2026-02-26', ...body }),
    ...(key !== undefined && { key }),
  });

describe('a funnel', () => {
  it('counts people in order, rounded, and hides steps of a few', async () => {
    const { steps: counts, groups } = valueOf(await ask({ steps }), funnelReply);
    expect(counts).toEqual([
      { event: 'Viewed', people: 65, share: 1, shareOfPrevious: 1, medianSeconds: null },
      { event: 'Added', people: 40, share: 0.615, shareOfPrevious: 0.615, medianSeconds: 600 },
      { event: 'Order Completed', people: null, share: null, shareOfPrevious: null, medianSeconds: null },
    ]);
    expect(groups).toEqual([]);
  });

  it('keeps to the window and the filters', async () => {
    const short = valueOf(await ask({ steps, windowHours: 0.1 }), funnelReply);
    expect(short.steps.map(({ people }) => people)).toEqual([65, null, null]);
    const red = [{ event: 'Viewed', where: [{ property: 'colour', is: 'c1' }] }, { event: 'Added' }];
    expect(valueOf(await ask({ steps: red }), funnelReply).steps.map(({ people }) => people)).toEqual([
      30,
      null,
    ]);
  });

  it('names groups of enough people only', async () => {
    const byDevice = valueOf(await ask({ steps, breakdown: { attribute: 'device' } }), funnelReply);
    expect(byDevice.groups.map(({ kind, value, steps: [first] }) => [kind, value, first?.people])).toEqual([
      ['named', 'desktop', 35],
      ['named', 'phone', 30],
    ]);
    const byPerson = await ask({ steps, breakdown: { property: 'person' } });
    expect(valueOf(byPerson, funnelReply).groups.map(({ kind }) => kind)).toEqual(['other']);
  });

  it('knows nothing of another tenant', async () => {
    const reply = valueOf(await ask({ steps }, chain.keys.stranger), funnelReply);
    expect(reply.steps.map(({ people }) => people)).toEqual([null, null, null]);
  });

  it.each([
    ['one step', { steps: steps.slice(1, 2) }],
    ['nine steps', { steps: Array.from({ length: 9 }, () => ({ event: 'Viewed' })) }],
    ['no window', { steps, windowHours: 0 }],
    ['a window without end', { steps, windowHours: 1e6 }],
    ['an unknown attribute', { steps, breakdown: { attribute: 'ip' } }],
  ])('refuses %s', async (_, body) => {
    expect(errorOf(await ask(body))).toMatchObject({ status: 400, code: 'invalid_body' });
  });

  it('refuses more days than it may read', async () => {
    expect(errorOf(await ask({ steps, from: '2025-01-01' }))).toMatchObject({ code: 'invalid_parameter' });
    expect(errorOf(await ask({ steps, from: '2026-03-01', to: '2026-02-01' })).code).toBe(
      'invalid_parameter',
    );
  });
});

it('says who comes back, week by week, without small numbers', async () => {
  const { cohorts, by } = valueOf(await chain.ask('/api/retention?periods=3'), retentionReply);
  expect(by).toBe('week');
  expect(
    cohorts.map(({ start, people, active }) => [
      start.slice(0, 10),
      people,
      active.map(({ share }) => share),
    ]),
  ).toEqual([
    ['2026-02-09', null, [null, null, null]],
    ['2026-02-16', 30, [1, 1]],
    ['2026-02-23', 35, [1]],
  ]);
  expect(errorOf(await chain.ask('/api/retention?periods=27')).code).toBe('invalid_parameter');
});

it('credits visits to the campaign that was last come from', async () => {
  const { campaigns } = valueOf(await chain.ask('/api/campaigns?from=2026-02-26'), campaignsReply);
  const hidden = { orders: null, buyers: null, conversion: null, revenue: null };
  expect(campaigns).toEqual([
    { kind: 'named', source: 'mail', name: 'spring', sessions: 55, people: 40, ...hidden },
    { kind: 'unknown', sessions: null, people: null, ...hidden },
  ]);
});
