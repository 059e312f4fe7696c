/** A whole system, from the tag to a receiver of ours: what its logs say of people, and what the receiver gets. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedStream } from '../../adapters/embedded/stream.ts';
import { isGenuine } from '../../domain/webhook/signature.ts';
import { pack } from '../../events/packed.ts';
import { madeDestinationReply } from '../../functions/api/destinations/destinations.ts';
import { files } from '../../local/files.ts';
import { basic, startTestHost, type TestHost } from '../fixtures/host.ts';

const canary = {
  mail: 'canary-mail@example.com',
  phone: '+15550107777',
  name: 'Canaria Vogel',
  id: 'canary-user-1',
};
const rule = { kind: 'trait', name: 'plan', op: 'eq', value: 'gold' };

let host: TestHost;
const got: { readonly headers: Record<string, string>; readonly body: string }[] = [];
const receiver = createServer((request, reply) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    got.push({ headers: Object.fromEntries(headers), body });
    reply.end();
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => void receiver.listen(0, '127.0.0.1', done));
  host = await startTestHost({ loopbackWebhooks: true, delivery: { longestPauseMs: 50 } });
});
afterAll(async () => {
  receiver.close();
  await host.remove();
});

async function post(path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${host.secretKey}` };
  const response = await fetch(`${host.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return response.json();
}

test('who enters a segment is told to a receiver, signed', async () => {
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await post('/api/segments', { name: 'Gold', rule });
  const made = await post('/api/destinations', { url: `http://127.0.0.1:${port}/hook` });
  const { secret } = madeDestinationReply.parse(made);
  const traits = { plan: 'gold', email: canary.mail, phone: canary.phone, name: canary.name };
  const batch = [{ type: 'identify', userId: canary.id, traits }];
  const sent = await host.send('/v1/batch', JSON.stringify({ batch }), {
    authorization: basic(host.secretKey),
  });
  expect(sent.status).toBe(200);
  await expect.poll(() => got.length, { timeout: 15_000 }).toBe(1);
  const [{ headers, body } = { headers: {}, body: '' }] = got;
  expect(isGenuine(headers, body, secret, Date.now() / 1000)).toBe(true);
  expect(JSON.parse(body)).toMatchObject({
    type: 'segment.entered',
    data: { profileId: expect.any(String), userIds: [canary.id] },
  });
});

test('no log names a person, whatever was sent, asked or failed', async () => {
  const bad = [
    { type: canary.mail, userId: canary.id },
    { type: 'track', event: canary.mail.repeat(20), userId: canary.id },
    { type: 'track', event: 'x', userId: canary.id, properties: { list: [canary.phone] } },
  ];
  await host.send('/v1/batch', JSON.stringify({ batch: bad }));
  await host.send('/v1/batch', `{"batch":[{"userId":"${canary.id}"`);
  for (const path of [`/api/profiles/${canary.id}`, `/api/profiles/${canary.mail}?probe=${canary.name}`])
    await host.get(path);
  // A record that no function can read, whose text the error quotes.
  const clock = { now: () => Date.now() };
  const changes = new EmbeddedStream({ path: files.stream(host.data, 'changes'), clock });
  await changes.append([{ key: '0', data: pack('{}', [canary.phone]) }]);
  changes.close();
  await post('/api/segments', { name: 'More', rule });
  await host.send('/v1/batch', JSON.stringify({ batch: [{ type: 'page', anonymousId: 'a-1' }] }));
  const failures = (): string[] => host.logged.filter((line) => line.includes('attempt_failed'));
  await expect.poll(() => failures().length, { timeout: 15_000 }).toBeGreaterThan(0);
  const all = host.logged.join('\n');
  for (const value of Object.values(canary)) expect(all.toLowerCase()).not.toContain(value.toLowerCase());
  expect(all).not.toContain(host.secretKey);
  expect(failures()[0]).toContain('SyntaxError');
});
