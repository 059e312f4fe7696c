/** A person's own page: a link opens what is about them, lets them decide, and nothing else. */
import { expect, it } from 'vitest';
import { openLink, signLink } from '../../domain/privacy/link.ts';
import { consentReply } from '../../functions/api/privacy/consent.ts';
import { linkReply } from '../../functions/api/privacy/links.ts';
import { eraseOwnReply, ownDataReply } from '../../functions/api/privacy/me.ts';
import { packageReply } from '../../functions/api/privacy/package.ts';
import { requestsReply } from '../../functions/api/privacy/requests.ts';
import { NOW, SECRET, type TestChain, testChain } from '../api/chain.ts';
import { errorOf, valueOf } from '../api/reply.ts';

const HOUR = 3_600_000;
let sent = 0;
const call = (fields: object): object => ({
  type: 'track',
  event: 'Looked',
  messageId: `m-${sent++}`,
  timestamp: new Date(NOW - 60_000).toISOString(),
  ...fields,
});
const page = { trust: 'public', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } as const;

async function linkOf(chain: TestChain, id: string, hours = 1): Promise<string> {
  const body = JSON.stringify({ id, hours });
  const { path } = valueOf(await chain.ask('/api/privacy/links', { method: 'POST', body }), linkReply);
  expect(path).toMatch(/^\/me\/#me_/);
  return path.slice('/me/#'.length);
}
const send = (chain: TestChain, key: string, method: string, path: string, body: object) =>
  chain.ask(path, { method, key, body: JSON.stringify(body) });

it('shows what is about the person, lets them withdraw, take a copy and leave', async () => {
  using chain = await testChain();
  const rule = { kind: 'count', of: 'events', op: 'gte', value: 1 };
  await chain.ask('/api/segments', { method: 'POST', body: JSON.stringify({ name: 'All', rule }) });
  await chain.send({}, call({ userId: 'ada' }), call({ userId: 'bob' }));
  const key = await linkOf(chain, 'ada');
  expect(key).not.toContain('ada');
  expect(Buffer.from(key.slice(3), 'base64url').toString()).not.toContain('ada');

  const data = await chain.ask('/api/me/data', { key });
  expect(valueOf(data, ownDataReply)).toMatchObject({
    ids: { userIds: ['ada'] },
    segments: [{ name: 'All', rule: { en: 'number of visits and clicks is at least 1' } }],
  });
  expect(data.body).not.toContain('bob');

  expect((await send(chain, key, 'PUT', '/api/me/consent', { purposes: { email: false } })).status).toBe(200);
  await chain.deliver();
  const { consent } = valueOf(await chain.ask('/api/profiles/ada/consent'), consentReply);
  expect(consent['email']).toMatchObject({ granted: false, signals: ['page'] });

  const copy = valueOf(await chain.ask('/api/me/export', { key }), packageReply);
  expect(copy.events.every(({ userId }) => userId === 'ada')).toBe(true);

  expect(errorOf(await send(chain, key, 'POST', '/api/me/erase', {})).code).toBe('invalid_body');
  valueOf(await send(chain, key, 'POST', '/api/me/erase', { confirm: true }), eraseOwnReply);
  const { requests } = valueOf(await chain.ask('/api/privacy/requests'), requestsReply);
  expect(requests).toMatchObject([{ kind: 'erase', requestedBy: expect.stringMatching(/^person /) }]);
});

it('ends, and is nothing when anything of it was changed', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'ada' }));
  const key = await linkOf(chain, 'ada');
  const code = async (token: string | undefined): Promise<string> =>
    errorOf(await chain.ask('/api/me/data', { key: token })).code;
  const claims = { tenant: 'test', profile: '0'.repeat(32), expiresAt: NOW + HOUR };
  const [content = '', signature = ''] = key.split('.');
  const bad = [
    undefined,
    '',
    'me_',
    'me_.',
    `${content}.`,
    `${content}.${signature}.x`,
    `${content}x.${signature}`,
    `${content.slice(0, -1)}.${signature}`,
    signLink('another secret', claims),
    signLink(SECRET, { ...claims, expiresAt: NOW }),
    // Signed, but of nobody.
    signLink(SECRET, claims),
    chain.keys.secret,
  ];
  for (const token of bad) expect(await code(token)).toBe('invalid_link');
  expect(openLink(SECRET, signLink(SECRET, claims), NOW)).toEqual(claims);
  chain.wait(HOUR);
  expect(await code(key)).toBe('invalid_link');
});

it('made for a device does not open the person that was recognised on it since', async () => {
  using chain = await testChain();
  await chain.send(page, call({ anonymousId: 'd-1' }));
  const key = await linkOf(chain, 'd-1');
  expect((await chain.ask('/api/me/data', { key })).status).toBe(200);
  await chain.send({}, call({ anonymousId: 'd-1', userId: 'ada', type: 'identify' }));
  expect(errorOf(await chain.ask('/api/me/data', { key })).code).toBe('invalid_link');
});

it('is asked only so often', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'ada' }));
  const key = await linkOf(chain, 'ada');
  const replies = await Promise.all(
    Array.from({ length: 21 }, () => chain.ask('/api/me/data?probe=1', { key })),
  );
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(1);
});
