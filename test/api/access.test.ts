/** Who may do what: roles, keys, sessions, repeats, and what the audit log says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { may, type Role, roles } from '../../domain/access/roles.ts';
import { signLink } from '../../domain/privacy/link.ts';
import { keysReply, madeKeyReply } from '../../functions/api/keys.ts';
import { isLogged } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import { loginReply, meReply, sessionReply } from '../../functions/api/sessions.ts';
import { auditReply } from '../../functions/api/trail.ts';
import { NOW, SECRET, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

let chain: TestChain;
const keyOf = new Map<Role, string>();

const post = (path: string, body: object, key?: string, headers: Record<string, string> = {}) =>
  chain.ask(path, { method: 'POST', body: JSON.stringify(body), headers, ...(key !== undefined && { key }) });
const makeKey = async (fields: object = {}) =>
  valueOf(await post('/api/keys', { source: 'shop', kind: 'secret', ...fields }), madeKeyReply);

beforeAll(async () => {
  chain = await testChain();
  for (const role of roles) keyOf.set(role, (await makeKey({ role })).key);
});
afterAll(() => chain[Symbol.dispose]());

const guarded = routes.flatMap(({ method, pattern, role, operationId }) =>
  role === 'open' || role === 'page' || role === 'person'
    ? []
    : [{ method, pattern, needed: role, operationId }],
);
const matrix = guarded.flatMap((row) => roles.map((role) => ({ ...row, role })));

/** A parameter nobody knows: whoever is let in is told so, before anything happens. */
const probe = (pattern: string): string => `${pattern.replaceAll(/\{\w+\}/g, '0123456789abcdef')}?probe=1`;

it.each(matrix)(
  '$role asks $method $pattern, which needs $needed',
  async ({ method, pattern, needed, role }) => {
    const reply = await chain.ask(probe(pattern), { method, key: keyOf.get(role) });
    expect(errorOf(reply).code).toBe(may(role, needed) ? 'invalid_parameter' : 'forbidden');
  },
);

describe("a link to a person's own page", () => {
  const profile = '0'.repeat(32);
  const link = signLink(SECRET, { tenant: 'test', profile, expiresAt: NOW + 40 * 86_400_000 });
  const own = routes.filter(({ role }) => role === 'person');

  it.each(own)('opens $method $pattern, which no role does', async ({ method, pattern }) => {
    expect(errorOf(await chain.ask(probe(pattern), { method, key: link })).code).toBe('invalid_parameter');
    for (const role of roles) {
      const reply = await chain.ask(probe(pattern), { method, key: keyOf.get(role) });
      expect(errorOf(reply)).toMatchObject({ status: 401, code: 'invalid_link' });
    }
  });

  it.each(guarded)('does not open $method $pattern', async ({ method, pattern }) => {
    expect(errorOf(await chain.ask(probe(pattern), { method, key: link })).code).toBe('invalid_key');
  });
});

it('lets nobody but privacy do what privacy does, and privacy change nothing else', () => {
  expect(roles.filter((role) => may(role, 'privacy'))).toEqual(['privacy']);
  expect(roles.filter((needed) => may('privacy', needed))).toEqual(['viewer', 'privacy']);
});

describe('keys', () => {
  it('are shown once and listed without the key', async () => {
    const { key, view } = await makeKey({ source: 'till', days: 30 });
    const reply = await chain.ask('/api/keys');
    expect(JSON.stringify(reply.body)).not.toContain(key);
    const { keys } = valueOf(reply, keysReply);
    expect(keys).toContainEqual(view);
    expect(view).toMatchObject({ source: 'till', role: 'viewer', hint: key.slice(-4), ended: false });
  });

  it('end when they are ended', async () => {
    const { key, view } = await makeKey();
    expect((await chain.ask('/api/me', { key })).status).toBe(200);
    expect((await chain.ask(`/api/keys/${view.id}`, { method: 'DELETE' })).status).toBe(200);
    expect(errorOf(await chain.ask('/api/me', { key })).code).toBe('invalid_key');
  });

  it('are followed by another, and work on for the grace that was given', async () => {
    const { key, view } = await makeKey({ role: 'marketer' });
    const next = valueOf(await post(`/api/keys/${view.id}/rotate`, { graceHours: 1 }), madeKeyReply);
    expect(next.view).toMatchObject({ source: 'shop', role: 'marketer', ended: false });
    expect((await chain.ask('/api/me', { key })).status).toBe(200);
    chain.wait(3_600_000);
    expect(errorOf(await chain.ask('/api/me', { key })).code).toBe('invalid_key');
    expect((await chain.ask('/api/me', { key: next.key })).status).toBe(200);
  });

  it('of another tenant are neither seen nor ended', async () => {
    const { view } = await makeKey();
    const { keys } = valueOf(await chain.ask('/api/keys', { key: chain.keys.stranger }), keysReply);
    expect(keys.map(({ id }) => id)).not.toContain(view.id);
    const reply = await chain.ask(`/api/keys/${view.id}`, { method: 'DELETE', key: chain.keys.stranger });
    expect(errorOf(reply)).toMatchObject({ status: 404, code: 'unknown_key' });
  });

  it('take no field that is not theirs', async () => {
    const reply = await post('/api/keys', { source: 'x', kind: 'secret', role: 'viewer', tenant: 'other' });
    const { key } = valueOf(reply, madeKeyReply);
    expect(valueOf(await chain.ask('/api/me', { key }), meReply).tenant).toBe('test');
    expect(errorOf(await post('/api/keys', { source: 'x', kind: 'login' })).code).toBe('invalid_body');
  });
});

describe('a login link', () => {
  const login = async (role: Role): Promise<string> =>
    valueOf(await post('/api/logins', { role }), loginReply).login;
  const open = (token: string) =>
    chain.ask('/api/sessions', { method: 'POST', body: JSON.stringify({ login: token }), key: undefined });

  it('opens one session with its role, for twelve hours', async () => {
    const link = await login('marketer');
    const { token } = valueOf(await open(link), sessionReply);
    expect(valueOf(await chain.ask('/api/me', { key: token }), meReply)).toMatchObject({ role: 'marketer' });
    expect(errorOf(await open(link))).toMatchObject({ status: 401, code: 'invalid_login' });
    chain.wait(12 * 3_600_000);
    expect(errorOf(await chain.ask('/api/me', { key: token })).code).toBe('invalid_key');
  });

  it('lets one of two in who come at once', async () => {
    const link = await login('viewer');
    const statuses = (await Promise.all([open(link), open(link), open(link)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401, 401]);
  });

  it('is no key itself, and ends', async () => {
    const link = await login('admin');
    expect(errorOf(await chain.ask('/api/me', { key: link })).code).toBe('invalid_key');
    chain.wait(24 * 3_600_000);
    expect(errorOf(await open(link)).code).toBe('invalid_login');
  });
});

describe('a write with an idempotency key', () => {
  const replay = (name: string, search = '?limit=10') =>
    chain.ask(`/api/quarantine/replay${search}`, { method: 'POST', headers: { 'idempotency-key': name } });

  it('happens once and is answered alike', async () => {
    await chain.send({}, '{"broken');
    const first = await replay('one');
    expect(first.status).toBe(200);
    await chain.send({}, '{"broken too');
    expect(await replay('one')).toEqual(first);
    expect(await replay('other')).not.toEqual(first);
    expect(errorOf(await replay('one', '?limit=9'))).toMatchObject({
      status: 422,
      code: 'idempotency_conflict',
    });
  });

  it('may be tried again after it was refused', async () => {
    expect((await replay('two', '?limit=0')).status).toBe(400);
    expect((await replay('two')).status).toBe(200);
  });

  it('is told when the first still runs', async () => {
    const replies = await Promise.all([replay('three'), replay('three')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

it('audits every read of a person and every write, and names nobody', async () => {
  expect(routes.filter((route) => isLogged(route)).map(({ operationId }) => operationId)).toEqual(
    expect.arrayContaining([
      'readProfile',
      'readProfileEvents',
      'readProfileScores',
      'makeKey',
      'endKey',
      'replayQuarantine',
    ]),
  );
  await chain.ask('/api/profiles/ada@example.com', { key: keyOf.get('viewer') });
  const reply = await chain.ask('/api/audit?subject=ada%40example.com');
  const { entries } = valueOf(reply, auditReply);
  expect(entries).toMatchObject([{ operation: 'readProfile', role: 'viewer', requestId: 'request-1' }]);
  expect(JSON.stringify(reply.body)).not.toContain('ada');
  const other = valueOf(await chain.ask('/api/audit', { key: chain.keys.stranger }), auditReply);
  expect(other.entries).toEqual([]);
});

it('tells a caller that asks too often when to come back', async () => {
  const { key } = await makeKey();
  const replies = await Promise.all(Array.from({ length: 1001 }, () => chain.ask('/api/me', { key })));
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.headers['retry-after']).toBe('1');
  expect(z.string().parse(refused[0]?.body)).toContain('rate_limited');
});

it('turns the pages of the audit log, newest first, and leaves nothing out', async () => {
  const { key } = await makeKey({ role: 'admin' });
  for (let i = 0; i < 5; i++)
    await chain.ask('/api/logins', { method: 'POST', body: '{"role":"viewer"}', key });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = valueOf(
      await chain.ask(
        `/api/audit?limit=2${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      ),
      auditReply,
    );
    expect(page.entries.length).toBeLessThanOrEqual(2);
    seen.push(...page.entries.map(({ at, operation, caller }) => `${at} ${operation} ${caller}`));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const whole = valueOf(await chain.ask('/api/audit?limit=1000'), auditReply);
  expect(seen).toEqual(whole.entries.map(({ at, operation, caller }) => `${at} ${operation} ${caller}`));
  expect(seen.length).toBeGreaterThan(5);
});
