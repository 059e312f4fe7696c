/** From a log-in on the shop's server to events that a page may send in a person's name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

let host: TestHost;

beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.remove());

const tokens = (body: string, key = host.secretKey): Promise<Response> =>
  fetch(`${host.url}/api/user-tokens`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body });

const replySchema = z.object({ items: z.array(z.object({ kind: z.string(), profile: z.unknown() })) });

async function sendFromPage(userId: string, messageId: string, userToken: string): Promise<void> {
  const event = {
    type: 'track',
    event: 'Looked',
    userId,
    anonymousId: 'device',
    messageId,
    context: { userToken },
  };
  await host.send('/v1/batch', JSON.stringify({ batch: [event] }));
  await host.drain();
}

const kindsOf = async (id: string): Promise<string[]> =>
  replySchema.parse((await host.get(`/api/profiles/${id}`)).body).items.map(({ kind }) => kind);

test('a page with the token writes into the profile of the person, one with another token does not', async () => {
  const { userToken } = z
    .object({ userToken: z.string() })
    .parse(await (await tokens('{"userId":"ada"}')).json());
  await sendFromPage('ada', 'm-1', userToken);
  expect(await kindsOf('ada')).toEqual(['user']);
  await sendFromPage('bob', 'm-2', userToken);
  expect(await kindsOf('bob')).toEqual(['claim']);
});

test('the token is kept nowhere', async () => {
  const { body } = await host.get('/api/profiles/ada/events');
  expect(JSON.stringify(body)).toContain('Looked');
  expect(JSON.stringify(body)).not.toContain('userToken');
});

test('only servers get tokens, and only for an id', async () => {
  expect((await tokens('{"userId":"ada"}', host.writeKey)).status).toBe(403);
  for (const body of ['', '{}', '{"userId":""}', '{"userId":7}', `{"userId":"${'x'.repeat(300)}"}`]) {
    const refused = await tokens(body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'invalid_body' });
  }
});
