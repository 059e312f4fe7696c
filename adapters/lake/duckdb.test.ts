import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { EmbeddedObjects } from '../embedded/objects.ts';
import { DuckLake } from './duckdb.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1, 10);
const END = START + 1000 * HOUR;

function event(messageId: string, more: Partial<CleanEvent> = {}): CleanEvent {
  const receivedAt = more.receivedAt ?? START;
  return {
    version: 1,
    receipt: `shard-0:1:${messageId}`,
    tenant: 'acme',
    source: 'web',
    trust: 'public',
    messageId,
    type: 'track',
    event: 'Product Viewed',
    userId: 'ada',
    timestamp: receivedAt - 100,
    receivedAt,
    properties: {},
    traits: {},
    context: {},
    flags: [],
    ...more,
  };
}

const bytesOf = (...events: readonly CleanEvent[]): Uint8Array[] =>
  events.map((one) => new TextEncoder().encode(JSON.stringify(one)));
const person = { tenant: 'acme', userIds: ['ada'], anonymousIds: [], limit: 100 };
const idsOf = (events: readonly CleanEvent[]): string[] => events.map(({ messageId }) => messageId);

/** A name with a quote, as a folder may have. */
const FOLDER = "lake's ";

describe.each(['in place', 'fetched'])('the lake, %s', (mode) => {
  let home: string;
  let folder: string;
  let objects: EmbeddedObjects;
  let lake: DuckLake;
  const lakeOver = (store: Objects): DuckLake =>
    new DuckLake({
      objects: store,
      scratch: join(home, 'scratch'),
      ...(mode === 'in place' ? { root: folder } : {}),
    });
  const keys = async (): Promise<string[]> =>
    (await objects.list({ prefix: 'events/' })).items.map(({ key }) => key);

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'lake-'));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(home, FOLDER));
    objects = new EmbeddedObjects(folder);
    lake = lakeOver(objects);
  });
  afterEach(() => lake.close());
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('the history of a tenant comes by hour, without repeats', async () => {
    await lake.append('b1', bytesOf(event('2', { receivedAt: START + HOUR }), event('1'), event('1')));
    await lake.append(
      'b2',
      bytesOf(event('1', { receivedAt: START + 2 * HOUR }), event('3', { tenant: 'other' })),
    );
    await lake.append('b3', bytesOf(event('4', { receivedAt: START + 3 * HOUR, source: 'app' })));
    const read = async (query: { from?: number; to?: number } = {}): Promise<string[][]> => {
      const groups: string[][] = [];
      for await (const events of lake.history({ tenant: 'acme', ...query })) groups.push(idsOf(events));
      return groups;
    };
    expect(await read()).toEqual([['1'], ['2'], ['4']]);
    expect(await read({ from: START + HOUR, to: START + 3 * HOUR })).toEqual([['2'], ['1']]);
  });

  test('files lie by tenant and hour of receipt', async () => {
    await lake.append(
      'b1',
      bytesOf(event('1'), event('2', { receivedAt: START + HOUR }), event('3', { tenant: 'b/ü*' })),
    );
    expect(await keys()).toEqual([
      'events/tenant=acme/day=2026-03-01/hour=10/batch-b1.parquet',
      'events/tenant=acme/day=2026-03-01/hour=11/batch-b1.parquet',
      'events/tenant=b%2F%C3%BC%2A/day=2026-03-01/hour=10/batch-b1.parquet',
    ]);
    expect(idsOf(await lake.events(person))).toEqual(['2', '1']);
    expect(idsOf(await lake.events({ ...person, tenant: 'b/ü*' }))).toEqual(['3']);
    expect(await lake.events({ ...person, tenant: 'acm' })).toEqual([]);
  });

  test('a batch that is written again overwrites itself', async () => {
    await lake.append('b1', bytesOf(event('1'), event('2')));
    const before = await keys();
    await lake.append('b1', bytesOf(event('1'), event('2')));
    expect(await keys()).toEqual(before);
    expect(await lake.events(person)).toHaveLength(2);
  });

  test('compaction leaves out rows that name a suppressed subject in any column', async () => {
    const about = (messageId: string, more: Partial<CleanEvent>): CleanEvent => {
      const { userId: _, ...rest } = event(messageId);
      return { ...rest, ...more };
    };
    const rows = [
      event('1'),
      event('2', { userId: 'u_gone' }),
      event('3', { anonymousId: 'd_gone' }),
      event('4', { previousId: 'd_gone' }),
      about('5', { anonymousId: 'd_gone' }),
      about('6', { anonymousId: 'd_here' }),
      event('7', { tenant: 'other', userId: 'u_gone' }),
    ];
    await lake.append('b1', bytesOf(...rows));
    const asked: string[] = [];
    const report = await lake.compact(END, async (tenant) => {
      asked.push(tenant);
      return tenant === 'acme' ? ['u_gone', 'd_gone', 'd_never'] : [];
    });
    expect(report).toMatchObject({ rowsBefore: 7, rowsAfter: 3 });
    expect(asked).toEqual(['acme', 'other']);
    const everybody = { userIds: ['ada', 'u_gone'], anonymousIds: ['d_gone', 'd_here'], limit: 100 };
    expect(idsOf(await lake.events({ tenant: 'acme', ...everybody }))).toEqual(['1', '6']);
    expect(idsOf(await lake.events({ tenant: 'other', ...everybody }))).toEqual(['7']);
  });

  test('a message that was received twice is answered once, and compaction drops the later copy', async () => {
    const first = event('1', { receipt: 'shard-0:9:0', receivedAt: START + 1 });
    const later = event('1', { receipt: 'shard-0:10:0', receivedAt: START + 2 });
    await lake.append('b1', bytesOf(later, event('2'), event('2')));
    await lake.append('b2', bytesOf(first, event('3')));
    const answer = await lake.events(person);
    expect(idsOf(answer)).toEqual(['1', '2', '3']);
    expect(answer[0]).toEqual(first);

    expect(await lake.compact(END)).toEqual({
      hours: 1,
      filesBefore: 2,
      filesAfter: 1,
      rowsBefore: 5,
      rowsAfter: 3,
    });
    expect(await keys()).toHaveLength(1);
    expect(await lake.events(person)).toEqual(answer);
    expect(await lake.compact(END)).toEqual({
      hours: 0,
      filesBefore: 0,
      filesAfter: 0,
      rowsBefore: 0,
      rowsAfter: 0,
    });
  });

  test('equal message ids of two sources are two messages', async () => {
    await lake.append('b1', bytesOf(event('1'), event('1', { source: 'shop' })));
    await lake.compact(END);
    expect(await lake.events(person)).toHaveLength(2);
  });

  test('a message belongs to whom its first copy names, before and after compaction', async () => {
    await lake.append('b1', bytesOf(event('1', { userId: 'bob', receivedAt: START })));
    await lake.append('b2', bytesOf(event('1', { userId: 'ada', receivedAt: START + 1 })));
    expect(await lake.events(person)).toEqual([]);
    await lake.compact(END);
    expect(await lake.events(person)).toEqual([]);
    expect(await lake.events({ ...person, userIds: ['bob'] })).toHaveLength(1);
  });

  test('only hours that are over are joined', async () => {
    await lake.append('b1', bytesOf(event('1'), event('2', { receivedAt: START + HOUR })));
    expect(await lake.compact(START + HOUR - 1)).toMatchObject({ hours: 0 });
    expect(await lake.compact(START + HOUR)).toMatchObject({ hours: 1 });
    expect(await lake.compact(START + 2 * HOUR)).toMatchObject({ hours: 1 });
  });

  test('a compaction that stopped before deleting is made good by the next', async () => {
    await lake.append('b1', bytesOf(event('1'), event('2')));
    await lake.append('b2', bytesOf(event('2'), event('3')));
    const answer = await lake.events(person);
    const stopping = lakeOver({
      put: (key, data) => objects.put(key, data),
      get: (key) => objects.get(key),
      list: (query) => objects.list(query),
      delete: () => Promise.reject(new WellspringError('objects_unavailable', 'stopped')),
    });
    await expect(stopping.compact(END)).rejects.toThrow('stopped');
    await stopping.close();
    expect(await keys()).toHaveLength(3);
    expect(await lake.events(person)).toEqual(answer);
    await lake.compact(END);
    expect(await keys()).toHaveLength(1);
    expect(await lake.events(person)).toEqual(answer);
  });

  test('a question goes on when its files are joined meanwhile', async () => {
    await lake.append('b1', bytesOf(event('1')));
    await lake.append('b2', bytesOf(event('2')));
    const other = lakeOver(objects);
    let joined = false;
    const slow = lakeOver({
      put: (key, data) => objects.put(key, data),
      get: (key) => objects.get(key),
      delete: (names) => objects.delete(names),
      list: async (query) => {
        const page = await objects.list(query);
        if (!joined) await other.compact(END);
        joined = true;
        return page;
      },
    });
    expect(idsOf(await slow.events(person))).toEqual(['1', '2']);
    await Promise.all([slow.close(), other.close()]);
  });

  test('a damaged file fails the question and does not keep other hours from being joined', async () => {
    await lake.append('b1', bytesOf(event('1'), event('2', { receivedAt: START + HOUR })));
    await objects.put(
      'events/tenant=acme/day=2026-03-01/hour=10/batch-bad.parquet',
      new Uint8Array([1, 2, 3]),
    );
    const failure = { name: 'WellspringError', code: 'objects_unavailable' };
    await expect(lake.events(person)).rejects.toMatchObject(failure);
    await expect(lake.compact(END)).rejects.toMatchObject(failure);
    expect((await keys()).filter((key) => key.includes('joined'))).toHaveLength(1);
  });

  test('every value comes back as it was', async () => {
    const strange = `'; DROP TABLE x; -- "\\ \u{1f642} \u2028 ${'é'.repeat(100)} %2F $limit`;
    const tenant = strange.slice(0, 40);
    const one = event(strange, {
      userId: strange,
      anonymousId: `${strange}2`,
      previousId: '',
      groupId: 'null',
      tenant,
      source: strange,
      event: 'tab\t newline\n nul \u0000 end',
      type: 'identify',
      trust: 'signed',
      timestamp: -1,
      flags: ['clock_skew', 'late'],
      consent: { analytics: true, email: false },
      properties: {
        deep: { list: [1, [null, { a: [true, 1.1e-7, 1e300, -0.1, 9007199254740991] }]], '': {}, 'a.b': [] },
        text: 'lone \ud800 surrogate, nul \u0000',
        quote: strange,
        price: 10.1,
      },
      traits: { email: 'x@example.org' },
      context: { page: { url: 'https://example.org/?a=1&b=%20' }, userAgent: strange },
    });
    await lake.append("o'dd/../name *", bytesOf(one));
    const query = { ...person, tenant, userIds: [strange] };
    expect(await lake.events(query)).toEqual([one]);
    await lake.compact(END);
    expect(await lake.events(query)).toEqual([one]);
    expect(await lake.events({ ...query, userIds: [], anonymousIds: [`${strange}2`, 'x'] })).toEqual([one]);
  });

  test('a version that nothing can lift is refused, and nothing is written', async () => {
    const odd = new TextEncoder().encode(JSON.stringify({ ...event('1'), version: 0 }));
    await expect(lake.append('b1', [...bytesOf(event('2')), odd])).rejects.toThrow(TypeError);
    expect(await keys()).toEqual([]);
  });

  test('bounds on the event time, the limit and the order hold', async () => {
    const late = event('late', { receivedAt: START + 50 * HOUR, timestamp: START });
    const batch = Array.from({ length: 60 }, (_, i) => event(`${i}`, { receivedAt: START + i * HOUR }));
    await lake.append('b1', bytesOf(...batch, late));
    const newest = (await lake.events({ ...person, limit: 3 })).map(({ messageId }) => messageId);
    expect(newest).toEqual(['59', '58', '57']);
    expect(idsOf(await lake.events({ ...person, limit: 1000 }))).toHaveLength(61);
    const within = { ...person, from: START - 100, to: START + HOUR - 100 };
    expect(idsOf(await lake.events(within))).toEqual(['late', '0']);
    expect(idsOf(await lake.events({ ...person, from: START + 59 * HOUR - 100 }))).toEqual(['59']);
    expect(await lake.events({ ...person, userIds: [] })).toEqual([]);
  });

  test('an event that came late does not hide a newer one that was received before it', async () => {
    const late = Array.from({ length: 30 }, (_, i) =>
      event(`late ${i}`, { receivedAt: START + (10 + i) * HOUR, timestamp: START - i }),
    );
    const newest = event('newest', { receivedAt: START + HOUR, timestamp: START + HOUR });
    await lake.append('b1', bytesOf(...late, newest));
    expect(idsOf(await lake.events({ ...person, limit: 2 }))).toEqual(['newest', 'late 0']);
  });

  test('no temporary file stays', async () => {
    const scratch = join(home, 'scratch');
    await lake.append('b1', bytesOf(event('1')));
    await lake.compact(END);
    await lake.events(person);
    const [own] = readdirSync(scratch);
    expect(readdirSync(join(scratch, own ?? '')).filter((name) => name !== 'spill')).toEqual([]);
    await lake.close();
    expect(readdirSync(scratch)).toEqual([]);
  });
});

test('a folder whose name is a pattern means itself, not the folders that match', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lake-'));
  const open = (name: string): DuckLake => {
    const root = join(home, name);
    return new DuckLake({ objects: new EmbeddedObjects(root), scratch: join(home, 'scratch'), root });
  };
  const [one, other] = [open('l[ab]*'), open('la')];
  try {
    await one.append('b1', bytesOf(event('mine')));
    await other.append('b1', bytesOf(event('theirs')));
    expect(idsOf(await one.events(person))).toEqual(['mine']);
  } finally {
    await Promise.all([one.close(), other.close()]);
    rmSync(home, { recursive: true, force: true });
  }
});
