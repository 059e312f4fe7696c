/** How pages and the live stream are served. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messagesOf } from '../../web/console/pages/live/messages.ts';
import { pageHeaders } from '../../web/hosting.ts';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.remove());

const asPage = { headers: { accept: 'text/html,*/*' } };

it('sends every page with a policy that lets no foreign script run', async () => {
  for (const path of ['/', '/people/ada', '/segments']) {
    const reply = await fetch(`${host.url}${path}`, asPage);
    expect(reply.status).toBe(200);
    for (const [name, value] of Object.entries(pageHeaders)) expect(reply.headers.get(name)).toBe(value);
    const html = await reply.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/\son\w+=/);
  }
  expect(pageHeaders['content-security-policy']).toContain("script-src 'self';");
});

it('lets files be kept for good, and pages be asked for anew', async () => {
  const page = await fetch(`${host.url}/`, asPage);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
  const file = await fetch(`${host.url}${script}`);
  expect(file.headers.get('cache-control')).toContain('immutable');
  expect(file.headers.get('content-type')).toContain('text/javascript');
});

it.each(['/assets/nothing.js', '/../package.json', '/assets/..%2f..%2fpackage.json', '/v1/nothing', '/.env'])(
  'has nothing at %s',
  async (path) => {
    const reply = await fetch(`${host.url}${path}`);
    expect(reply.status).toBe(404);
  },
);

it('leaves the paths of the collector to it, also when a browser opens them', async () => {
  const reply = await fetch(`${host.url}/health`, asPage);
  expect(reply.headers.get('content-type')).toContain('application/json');
});

const live = (key: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${host.url}/api/live`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${key}` },
    ...(signal && { signal }),
  });

it('pushes events to who may look, until their key ends', async () => {
  const made = await fetch(`${host.url}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${host.secretKey}` },
    body: JSON.stringify({ source: 'screen', kind: 'secret', role: 'viewer' }),
  });
  const { key, view }: { key: string; view: { id: string } } = JSON.parse(await made.text());
  const reply = await live(key);
  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  if (!reply.body) throw new Error('no stream');
  const messages = messagesOf(reply.body);
  const first = messages.next();
  await host.send('/v1/track', JSON.stringify({ event: 'Song Played', userId: 'ada' }));
  const text: unknown = (await first).value;
  expect(JSON.parse(String(text))).toMatchObject({ events: [{ event: 'Song Played' }], skipped: 0 });
  await fetch(`${host.url}/api/keys/${view.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${host.secretKey}` },
  });
  expect(await messages.next()).toEqual({ value: undefined, done: true });
});

it('pushes nothing to a page with a write key', async () => {
  expect((await live(host.writeKey)).status).toBe(403);
});

it('lets nobody in by a form of another site', async () => {
  const reply = await fetch(`${host.url}/api/keys`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'source=x&kind=secret',
  });
  expect(reply.status).toBe(401);
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
});
