/** What the API says to requests that are wrong before anything is looked up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeKeyReply } from '../../functions/api/keys.ts';
import { routes } from '../../functions/api/routes.ts';
import { type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

let chain: TestChain;
let privacyKey: string;
beforeAll(async () => {
  chain = await testChain();
  const body = JSON.stringify({ source: 'x', kind: 'secret', role: 'privacy' });
  privacyKey = valueOf(await chain.ask('/api/keys', { method: 'POST', body }), madeKeyReply).key;
});
afterAll(() => chain[Symbol.dispose]());

const pathOf = (pattern: string): string =>
  pattern.replace('/keys/{id}', '/keys/0123456789abcdef').replace('{id}', 'u-1');
/** A link to a person's own page is no key; what those routes say without one stands in access.test.ts. */
const keyed = routes
  .filter(({ role }) => role !== 'open' && role !== 'page' && role !== 'person')
  .map(({ method, pattern, role }) => ({ method, path: pathOf(pattern), role }));
const methodsAt = (path: string): string[] =>
  routes
    .filter(({ pattern }) => pathOf(pattern) === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

describe.each(keyed)('$method $path', ({ method, path, role }) => {
  it('asks for a key', async () => {
    const reply = await chain.ask(path, { method, key: undefined });
    expect(errorOf(reply)).toMatchObject({ status: 401, code: 'missing_key' });
    expect(reply.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="wellspring"' });
  });

  it('knows no other key than its own', async () => {
    for (const key of ['sk_0123456789', chain.keys.disabled, '!']) {
      expect(errorOf(await chain.ask(path, { method, key }))).toMatchObject({
        status: 401,
        code: 'invalid_key',
      });
    }
  });

  it('refuses a write key, which anybody can read in a page', async () => {
    const reply = await chain.ask(path, { method, key: chain.keys.public });
    expect(errorOf(reply)).toMatchObject({ status: 403, code: 'secret_key_required' });
  });

  it('says which method it answers', async () => {
    const reply = await chain.ask(path, { method: 'PATCH' });
    expect(errorOf(reply)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(reply.headers['allow']?.split(', ')).toEqual(methodsAt(path));
  });

  it('refuses a parameter it does not know', async () => {
    const key = role === 'privacy' ? privacyKey : chain.keys.secret;
    const reply = await chain.ask(`${path}?form=2026-01-01`, { method, key });
    expect(errorOf(reply)).toMatchObject({ status: 400, code: 'invalid_parameter' });
  });
});

it.each(['/api', '/api/', '/api/nothing', '/api/profiles', '/api/profiles/', '/api/ledger/'])(
  'finds nothing at %s',
  async (path) => {
    expect(errorOf(await chain.ask(path))).toMatchObject({ status: 404, code: 'not_found' });
  },
);

it.each([
  ['/api/profiles/u-1/events?limit=0', 'limit'],
  ['/api/profiles/u-1/events?limit=1001', 'limit'],
  ['/api/profiles/u-1/events?limit=1.5', 'limit'],
  ['/api/profiles/u-1/events?limit=', 'limit'],
  ['/api/profiles/u-1/events?limit=1&limit=2', 'limit'],
  ['/api/profiles/u-1/events?from=yesterday', 'from'],
  ['/api/profiles/u-1/events?to=2026-02-30', 'to'],
  ['/api/profiles/u-1/events?type=click', 'type'],
  ['/api/ledger?from=1772366400000', 'from'],
  ['/api/quarantine?reason=mood', 'reason'],
  ['/api/quarantine?day=2026-3-1', 'day'],
  ['/api/quarantine?cursor=abc', 'cursor'],
  [`/api/profiles/${'x'.repeat(257)}`, 'id'],
])('names the parameter that is wrong in %s', async (path, name) => {
  const { status, code, message } = errorOf(await chain.ask(path));
  expect({ status, code }).toEqual({ status: 400, code: 'invalid_parameter' });
  expect(message).toContain(`"${name}" must be `);
});

it('answers HEAD as GET', async () => {
  expect((await chain.ask('/api/ledger', { method: 'HEAD' })).status).toBe(200);
});

it('asks to come back when a store does not answer', async () => {
  const closed = await testChain();
  closed[Symbol.dispose]();
  const reply = await closed.ask('/api/ledger');
  expect(errorOf(reply)).toMatchObject({ status: 503, code: 'table_unavailable' });
  expect(reply.headers['retry-after']).toBe('5');
});
