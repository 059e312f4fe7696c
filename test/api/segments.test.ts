/** Segments through the API: defined, counted, listed, exported, changed without loss, and never across tenants. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Rule } from '../../domain/segments/rule.ts';
import { segmentsReply, segmentView } from '../../functions/api/segments/definitions.ts';
import { membersReply } from '../../functions/api/segments/members.ts';
import { overlapReply, previewReply, readyReply } from '../../functions/api/segments/preview.ts';
import { refuseSensitive } from '../../functions/api/segments/sensitive-rules.ts';
import type { HttpReply } from '../../functions/http.ts';
import { NOW, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const buyers = { kind: 'count', of: 'orders', op: 'gte', value: 1 };
const plan = (value: string) => ({ kind: 'trait', name: 'plan', op: 'eq', value });
const names = ['=cmd|calc!A1', '+1', '-1', '@x', '\tTab', 'Plain, "quoted"', 'two\nlines'];

let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
  const people = Array.from({ length: 80 }, (_, i) => ({
    type: 'identify',
    userId: `u-${i}`,
    messageId: `i-${i}`,
    timestamp: new Date(NOW - 60_000).toISOString(),
    traits: { plan: i < 43 ? 'club' : i < 63 ? 'basic' : 'free', name: names[i] ?? `Person ${i}` },
  }));
  const orders = Array.from({ length: 30 }, (_, i) => ({
    type: 'track',
    event: 'Order Completed',
    userId: `u-${i * 2}`,
    messageId: `o-${i}`,
    timestamp: new Date(NOW - 60_000).toISOString(),
    properties: { order_id: `${i}`, revenue: 10 },
  }));
  await chain.send({}, ...people, ...orders);
});
afterAll(() => chain[Symbol.dispose]());

const post = (path: string, body: unknown, key?: string): Promise<HttpReply> =>
  chain.ask(path, { method: 'POST', body: JSON.stringify(body), ...(key !== undefined && { key }) });
const make = async (name: string, rule: unknown) =>
  valueOf(await post('/api/segments', { name, rule }), segmentView);
const preview = async (rule: unknown, key?: string) =>
  valueOf(await post('/api/segments/preview', { rule }, key), previewReply);

describe('a preview', () => {
  it('counts in steps of five and shows some people', async () => {
    const { count, people, estimated } = await preview(plan('club'));
    expect(count).toEqual({ people: 45, share: 0.563 });
    expect(people).toHaveLength(10);
    expect(people[0]).toMatchObject({ userId: expect.stringMatching(/^u-/), orders: expect.any(Number) });
    expect(estimated).toBe(false);
  });

  it('neither counts nor shows fewer than 25', async () => {
    expect(await preview(plan('free'))).toEqual({
      count: { people: null, share: null },
      estimated: false,
      people: [],
    });
  });

  it('follows what happens', async () => {
    const rule = { kind: 'trait', name: 'late', op: 'exists', value: true };
    expect((await preview(rule)).count.people).toBeNull();
    const more = Array.from({ length: 25 }, (_, i) => ({
      type: 'identify',
      userId: `u-${i}`,
      messageId: `l-${i}`,
      timestamp: new Date(NOW - 30_000).toISOString(),
      traits: { late: true },
    }));
    chain.wait(2000);
    await chain.send({}, ...more);
    chain.wait(2000);
    expect((await preview(rule)).count.people).toBe(25);
  });

  it('sees nobody of another tenant', async () => {
    expect((await preview({ all: [] }, chain.keys.stranger)).count.people).toBeNull();
  });

  it('says where a rule is wrong', async () => {
    const reply = await post('/api/segments/preview', { rule: { all: [buyers, { ...buyers, op: 'like' }] } });
    expect(errorOf(reply)).toMatchObject({
      status: 400,
      code: 'invalid_rule',
      message: expect.stringContaining('at all.1.op:'),
    });
  });

  it.each([
    [{ kind: 'trait', name: 'hivStatus', op: 'eq', value: true }, 'health'],
    [{ kind: 'attribute', name: 'religion', op: 'eq', value: 'x' }, 'religion'],
    [{ kind: 'affinity', category: 'Baby', op: 'gt', value: 0.5 }, 'children'],
  ])('rests on nothing that the law protects most: %j', async (condition, kind) => {
    const reply = await post('/api/segments/preview', { rule: { all: [buyers, { not: condition }] } });
    expect(errorOf(reply)).toMatchObject({
      code: 'invalid_rule',
      message: expect.stringContaining(`at all.1.not: this speaks of ${kind}`),
    });
    expect(() =>
      refuseSensitive(condition as Rule, new Set(['hivStatus', 'religion', 'Baby'])),
    ).not.toThrow();
  });

  it('is noted once a minute in the audit log, as looking is', async () => {
    chain.wait(120_000);
    for (let i = 0; i < 5; i++) await preview(buyers);
    const { entries } = valueOf(
      await chain.ask('/api/audit'),
      z.looseObject({ entries: z.array(z.looseObject({ operation: z.string() })) }),
    );
    const recent = entries.filter(({ operation }) => operation === 'previewSegment');
    expect(recent.length).toBeLessThan(5);
    expect(recent.length).toBeGreaterThan(0);
  });
});

describe('a definition', () => {
  it('is made, read, changed against what was read, and deleted', async () => {
    const made = await make('  Club  ', plan('club'));
    expect(made).toMatchObject({ name: 'Club', version: 1, count: { people: 45 } });
    const target = `/api/segments/${made.id}`;
    const read = await chain.ask(target);
    expect(read.headers['etag']).toBe('"1"');
    const body = JSON.stringify({ name: 'Free', rule: plan('free') });
    const put = (etag?: string) =>
      chain.ask(target, { method: 'PUT', body, headers: etag === undefined ? {} : { 'if-match': etag } });
    expect(errorOf(await put())).toMatchObject({ status: 428, code: 'if_match_required' });
    expect(valueOf(await put('"1"'), segmentView)).toMatchObject({
      name: 'Free',
      version: 2,
      count: { people: null },
    });
    expect(errorOf(await put('"1"'))).toMatchObject({ status: 412, code: 'changed_meanwhile' });
    const gone = await chain.ask(target, { method: 'DELETE', headers: { 'if-match': '"2"' } });
    expect(gone.status).toBe(200);
    expect(errorOf(await chain.ask(target))).toMatchObject({ status: 404, code: 'unknown_segment' });
  });

  it('that two change at once is changed once', async () => {
    const made = await make('Race', buyers);
    const replies = await Promise.all(
      ['A', 'B', 'C'].map((name) =>
        chain.ask(`/api/segments/${made.id}`, {
          method: 'PUT',
          body: JSON.stringify({ name, rule: buyers }),
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('of another tenant is not there', async () => {
    const made = await make('Ours', buyers);
    const theirs = { key: chain.keys.stranger };
    expect(errorOf(await chain.ask(`/api/segments/${made.id}`, theirs)).code).toBe('unknown_segment');
    expect(errorOf(await chain.ask(`/api/segments/${made.id}/members`, theirs)).code).toBe('unknown_segment');
    expect(valueOf(await chain.ask('/api/segments', theirs), segmentsReply)).toEqual({
      segments: [],
      people: null,
    });
    const overlap = await post(
      '/api/segments/overlap',
      { segments: [made.id, made.id] },
      chain.keys.stranger,
    );
    expect(errorOf(overlap).code).toBe('unknown_segment');
  });

  it.each([
    [{ name: '', rule: buyers }, 'invalid_body'],
    [{ name: 'x'.repeat(101), rule: buyers }, 'invalid_body'],
    [{ name: 'x' }, 'invalid_body'],
    [{ name: 'x', rule: { regex: '(a+)+$' } }, 'invalid_rule'],
  ])('%j is refused', async (body, code) => {
    expect(errorOf(await post('/api/segments', body)).code).toBe(code);
  });
});

describe('members', () => {
  it('come page by page, each once', async () => {
    const { id } = await make('Paged', plan('club'));
    await chain.sweep();
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = valueOf(await chain.ask(`/api/segments/${id}/members?limit=10${query}`), membersReply);
      seen.push(...page.members.map(({ profileId }) => profileId));
      cursor = page.cursor;
    }
    expect(new Set(seen).size).toBe(43);
    expect(seen).toHaveLength(43);
  });

  it('are exported as CSV in which no cell is a formula', async () => {
    const { id } = await make('Exported', plan('club'));
    await chain.sweep();
    const reply = await chain.ask(`/api/segments/${id}/export`);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="segment-${id}.csv"`,
    });
    const text = z.string().parse(reply.body);
    expect(text.startsWith('profile_id,user_id,name,email,since,last_seen,orders,revenue\r\n')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(43 + 2);
    for (const begin of ['=', '+', '@', '\t']) expect(text).not.toMatch(new RegExp(`(^|,|")\\${begin}`, 'm'));
    expect(text).toContain(`'=cmd|calc!A1`);
    expect(text).toContain('"Plain, ""quoted"""');
    const first = await chain.ask(`/api/segments/${id}/export?limit=40`);
    const cursor = first.headers['x-next-cursor'] ?? '';
    const rest = await chain.ask(`/api/segments/${id}/export?limit=40&cursor=${encodeURIComponent(cursor)}`);
    expect(`${String(first.body)}${String(rest.body)}`).toBe(text);
    expect(rest.headers['x-next-cursor']).toBeUndefined();
  });
});

it('segments overlap as their people do', async () => {
  const [club, all] = [await make('C', plan('club')), await make('All', { all: [] })];
  const { segments, overlap } = valueOf(
    await post('/api/segments/overlap', { segments: [club.id, all.id] }),
    overlapReply,
  );
  expect(segments.map(({ count }) => count.people)).toEqual([45, 80]);
  expect(overlap).toEqual([
    [
      { people: 45, share: 1 },
      { people: 45, share: 1 },
    ],
    [
      { people: 45, share: 0.563 },
      { people: 80, share: 1 },
    ],
  ]);
});

it('offers ready-made ones with counts, that can be taken as they are', async () => {
  const { ready } = valueOf(await chain.ask('/api/segments/ready'), readyReply);
  expect(ready.find(({ key }) => key === 'low-frequency')?.count).toEqual({ people: 30, share: 0.375 });
  for (const { name, rule } of ready) await make(name, rule);
});
