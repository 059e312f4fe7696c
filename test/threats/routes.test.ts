/** Threats to the API, tried on every route that there is: other tenants, fields that are nobody's to send, pages elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Role, roles } from '../../domain/access/roles.ts';
import { destinationsReply } from '../../functions/api/destinations/destinations.ts';
import { keysReply, madeKeyReply } from '../../functions/api/keys.ts';
import { suppressionReply } from '../../functions/api/privacy/lists.ts';
import { requestsReply } from '../../functions/api/privacy/requests.ts';
import type { Route } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import { segmentsReply } from '../../functions/api/segments/definitions.ts';
import type { HttpReply } from '../../functions/http.ts';
import { type TestChain, testChain } from '../api/chain.ts';
import { errorOf, valueOf } from '../api/reply.ts';
import { bodyOf, keyFor, makeOwn, type Own, pathOf } from './requests.ts';

let chain: TestChain;
let own: Own;
const strangers = new Map<Role, string>();

beforeAll(async () => {
  chain = await testChain();
  own = await makeOwn(chain);
  for (const role of roles) {
    const body = JSON.stringify({ source: 'x', kind: 'secret', role });
    const reply = await chain.ask('/api/keys', { method: 'POST', body, key: chain.keys.stranger });
    strangers.set(role, valueOf(reply, madeKeyReply).key);
  }
});
afterAll(() => chain[Symbol.dispose]());

const table: readonly Route[] = routes;
const writes = table.filter(({ body }) => body !== undefined);
const title = ({ method, pattern }: Route): string => `${method} ${pattern}`;
const rows = (some: readonly Route[]): [string, Route][] => some.map((row) => [title(row), row]);

function ask(row: Route, key: string | undefined, body?: object): Promise<HttpReply> {
  return chain.ask(pathOf(row, own), {
    method: row.method,
    key,
    // Whoever changes what is there names the state that the change rests on.
    headers: { 'if-match': '"1"' },
    ...(row.body && { body: JSON.stringify(body ?? bodyOf(row.operationId, own)) }),
  });
}

/** Who may ask a route and is of another tenant. */
const strangerFor = (row: Route): string => keyFor(row, strangers, '');
const ownerFor = (row: Route): string => keyFor(row, own.keys, own.link);

describe('what belongs to one tenant is not there for another', () => {
  /** Says that it is done, whether there was something to do or not. */
  const silent = 'unsuppress';
  const withIds = table.filter(({ pattern }) => pattern.includes('{'));
  const named = withIds.filter(({ operationId }) => operationId !== silent);

  it.each(rows(named))('%s', async (_, row) => {
    expect(errorOf(await ask(row, strangerFor(row)))).toMatchObject({ status: 404 });
  });

  it('and where a route does not say so, nothing has happened', async () => {
    const row = withIds.find(({ operationId }) => operationId === silent);
    const size = async (): Promise<number> => {
      const reply = await chain.ask('/api/privacy/suppression', { key: own.keys.get('privacy') });
      return valueOf(reply, suppressionReply).size;
    };
    const before = await size();
    if (row) await ask(row, strangerFor(row));
    expect({ before, after: await size() }).toEqual({ before: 1, after: 1 });
  });

  it.each(rows(named.filter(({ method }) => method === 'GET')))('but for its own: %s', async (_, row) => {
    const reply = await ask(row, ownerFor(row));
    // A person without scores has none to show; whatever else is missing would be missing for everybody.
    expect(reply.status).toBe(200);
  });
});

describe('fields that are nobody’s to send change nothing and do not come back', () => {
  const forged = {
    tenant: 'forged',
    tenantId: 'forged',
    v: 99,
    version: 99,
    sup: true,
    erased: true,
    disabled: false,
    createdAt: 'forged',
    expiresAt: 'forged',
    constructor: { prototype: { forged: true } },
  };
  // Both ask the lake, which is not there; their own tests hold them to their schemas.
  const withoutLake = ['askFunnel'];
  const tried = writes.filter(({ operationId }) => !withoutLake.includes(operationId));

  it.each(rows(tried))('%s', async (_, row) => {
    const body = bodyOf(row.operationId, own);
    const role = 'role' in body ? {} : { role: 'admin' };
    const polluting = JSON.parse('{"__proto__":{"forged":true}}');
    const reply = await ask(row, ownerFor(row), { ...forged, ...role, ...polluting, ...body });
    expect(reply.status).toBeLessThan(500);
    expect(String(reply.body)).not.toContain('forged');
    // Reads by the schema and finds no field that the schema does not name.
    if (reply.status === 200) valueOf(reply, row.reply.schema);
    expect(Reflect.get({}, 'forged')).toBeUndefined();
  });

  it('nothing of it reached another tenant', async () => {
    const { stranger: key } = chain.keys;
    expect(valueOf(await chain.ask('/api/segments', { key }), segmentsReply).segments).toEqual([]);
    expect(valueOf(await chain.ask('/api/destinations', { key }), destinationsReply).destinations).toEqual(
      [],
    );
    expect(valueOf(await chain.ask('/api/privacy/requests', { key }), requestsReply).requests).toEqual([]);
    const { keys } = valueOf(await chain.ask('/api/keys', { key }), keysReply);
    expect(keys).toHaveLength(roles.length + 1);
  });
});

it('no reply holds a field that its schema does not name', async () => {
  const needQuestion = ['readRetention', 'readCampaigns', 'readOpenApi'];
  const asked = table.filter(
    ({ method, media, operationId }) =>
      method === 'GET' && media === undefined && !needQuestion.includes(operationId),
  );
  for (const row of asked) valueOf(await ask(row, ownerFor(row)), row.reply.schema);
  expect(asked.length).toBeGreaterThan(15);
});

describe('a page elsewhere', () => {
  it('cannot send a form to any route that changes something: no route knows anybody without a token', async () => {
    for (const row of writes.filter(({ role }) => role !== 'open')) {
      const code = row.role === 'person' ? 'invalid_link' : 'missing_key';
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
        const reply = await chain.ask(pathOf(row, own), {
          method: row.method,
          key: undefined,
          body: JSON.stringify(bodyOf(row.operationId, own)),
          headers: {
            'content-type': type,
            origin: 'https://evil.example',
            cookie: `token=${chain.keys.secret}`,
          },
        });
        expect({ route: title(row), ...errorOf(reply) }).toMatchObject({
          route: title(row),
          code,
        });
      }
    }
  });

  it('may ask what pages may ask, from any origin and without credentials, and nothing else', async () => {
    const pages = new Set(table.filter(({ role }) => role === 'page').map(({ pattern }) => pattern));
    expect(pages.size).toBeGreaterThan(0);
    for (const row of table) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': row.method };
      const reply = await chain.ask(pathOf(row, own), { method: 'OPTIONS', key: undefined, headers });
      const open = pages.has(row.pattern);
      expect({ route: title(row), status: reply.status }).toEqual({
        route: title(row),
        status: open ? 204 : 405,
      });
      expect(reply.headers['access-control-allow-origin']).toBe(open ? '*' : undefined);
      expect(reply.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});
