/** Bad requests: refused as a whole with a stated code, nothing stored, nothing echoed. */
import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, startTestHost, type TestHost } from '../fixtures/host.ts';

let host: TestHost;

beforeAll(async () => {
  host = await startTestHost();
});

afterAll(() => host.remove());

const event = (fields: object = {}): object => ({
  type: 'track',
  event: 'Tested',
  anonymousId: 'a-1',
  ...fields,
});
const batchOf = (...events: object[]): string => JSON.stringify({ batch: events });

async function refusal(response: Response): Promise<{ status: number; code: string }> {
  const body: unknown = await response.json();
  expect(body).toEqual({
    error: { code: expect.any(String), message: expect.any(String), requestId: expect.any(String) },
  });
  const { error } = body as { error: { code: string } };
  return { status: response.status, code: error.code };
}

const send = (
  body: string | Uint8Array,
  headers?: Record<string, string>,
  path = '/v1/batch',
): Promise<Response> => host.send(path, body, headers);

test('1 no key, an empty key', async () => {
  for (const authorization of ['', basic('')]) {
    expect(await refusal(await send(batchOf(event()), { authorization }))).toEqual({
      status: 401,
      code: 'missing_write_key',
    });
  }
});

test('2 an unknown key and a disabled one look alike', async () => {
  const unknown = await send(batchOf(event()), { authorization: basic('wk_unknown-but-plausible') });
  expect(await refusal(unknown)).toEqual({ status: 401, code: 'invalid_write_key' });
  const disabled = await host.addKey({ kind: 'public', disabled: true });
  expect(await refusal(await send(batchOf(event()), { authorization: basic(disabled) }))).toEqual({
    status: 401,
    code: 'invalid_write_key',
  });
});

test('3 a secret key in a browser', async () => {
  const headers = { authorization: basic(host.secretKey), origin: 'https://shop.example' };
  expect(await refusal(await send(batchOf(event()), headers))).toEqual({
    status: 403,
    code: 'secret_key_in_browser',
  });
  expect((await send(batchOf(event()), { authorization: basic(host.secretKey) })).status).toBe(200);
});

test('4 different keys in header and body', async () => {
  const body = JSON.stringify({ batch: [event()], writeKey: 'wk_another' });
  expect(await refusal(await send(body))).toEqual({ status: 401, code: 'conflicting_write_key' });
});

test('5 a wrong method, an unknown path', async () => {
  const wrong = await fetch(`${host.url}/v1/track`, { method: 'DELETE' });
  expect(wrong.headers.get('allow')).toBe('POST, OPTIONS');
  expect(await refusal(wrong)).toEqual({ status: 405, code: 'method_not_allowed' });
  expect(await refusal(await fetch(`${host.url}/v2/track`))).toEqual({ status: 404, code: 'not_found' });
});

test('6 an empty body, an empty object, an empty batch', async () => {
  expect(await refusal(await send(''))).toEqual({ status: 400, code: 'empty_body' });
  expect(await refusal(await send('{}'))).toEqual({ status: 400, code: 'empty_body' });
  expect(await refusal(await send('{"batch":[]}'))).toEqual({ status: 400, code: 'empty_batch' });
});

test('7 broken JSON, trailing garbage, two documents', async () => {
  const good = batchOf(event());
  for (const body of ['{', good.slice(0, -1), `${good}x`, `${good}${good}`, 'null', '[]', '"text"']) {
    expect(await refusal(await send(body))).toEqual({ status: 400, code: 'invalid_json' });
  }
});

test('8 JSON under another content type is read', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream']) {
    expect((await send(batchOf(event()), { 'content-type': type })).status).toBe(200);
  }
});

test('9 invalid UTF-8 is refused, a byte-order mark is accepted', async () => {
  const good = Buffer.from(batchOf(event()));
  const broken = Buffer.from(good);
  broken[good.indexOf('Tested')] = 0xff;
  expect(await refusal(await send(broken))).toEqual({ status: 400, code: 'invalid_encoding' });
  expect((await send(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]))).status).toBe(200);
});

test('11 a body over 500 KB, as sent and after decompression', async () => {
  const big = batchOf(
    ...Array.from({ length: 40 }, () => event({ properties: { text: 'x'.repeat(14_000) } })),
  );
  expect(await refusal(await send(big))).toEqual({ status: 413, code: 'batch_too_large' });
  expect(await refusal(await send(gzipSync(big), { 'content-encoding': 'gzip' }))).toEqual({
    status: 413,
    code: 'batch_too_large',
  });
  expect(await refusal(await send('x'.repeat(1_500_000)))).toEqual({ status: 413, code: 'batch_too_large' });
});

test('13 a gzip bomb, nested gzip, truncated gzip, an unknown encoding', async () => {
  const gzip = { 'content-encoding': 'gzip' };
  const bomb = gzipSync(Buffer.alloc(200_000_000, 32), { level: 9 });
  const before = process.memoryUsage().rss;
  expect(await refusal(await send(bomb, gzip))).toEqual({ status: 413, code: 'batch_too_large' });
  expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
  const packed = gzipSync(batchOf(event()));
  expect(await refusal(await send(gzipSync(packed), gzip))).toEqual({
    status: 400,
    code: 'invalid_encoding',
  });
  expect(await refusal(await send(packed.subarray(0, packed.length - 9), gzip))).toEqual({
    status: 400,
    code: 'invalid_encoding',
  });
  expect(await refusal(await send(packed, { 'content-encoding': 'zebra' }))).toEqual({
    status: 415,
    code: 'unsupported_encoding',
  });
  expect((await send(packed, gzip)).status).toBe(200);
  expect((await send(packed, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
});

test('14 a Content-Length that lies: cut off, nothing applied', async () => {
  const { port } = new URL(host.url);
  const body = batchOf(event({ messageId: 'never', anonymousId: 'never-applied' }));
  await new Promise<void>((done) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(
        `POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: ${basic(host.writeKey)}\r\ncontent-length: ${body.length + 50}\r\n\r\n${body}`,
      );
      socket.end();
    });
    socket.on('close', () => done());
    socket.resume();
  });
  await host.drain();
  expect((await host.get('/api/profiles/never-applied')).status).toBe(404);
});

test('15 ten thousand events in a batch', async () => {
  const tiny = JSON.stringify({ batch: Array.from({ length: 10_000 }, () => ({ a: 1 })) });
  expect(await refusal(await send(tiny))).toEqual({ status: 413, code: 'too_many_events' });
});

test('16 a hundred thousand nested arrays', async () => {
  const deep = `{"batch":[{"type":"track","event":"x","anonymousId":"a","properties":{"p":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
  expect(await refusal(await send(deep))).toEqual({ status: 400, code: 'too_deep' });
});

test('a preflight allows what the stock SDKs send', async () => {
  const response = await fetch(`${host.url}/v1/batch`, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
  const allowed = response.headers.get('access-control-allow-headers') ?? '';
  for (const name of ['authorization', 'content-type', 'anonymousid', 'sentat'])
    expect(allowed).toContain(name);
});

test('too fast a source is told when to come again', async () => {
  const slow = await host.addKey({ kind: 'public', disabled: false, eventsPerSecond: 1 });
  const headers = { authorization: basic(slow) };
  expect((await send(batchOf(...Array.from({ length: 10 }, () => event())), headers)).status).toBe(200);
  const refused = await send(batchOf(event()), headers);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refusal(refused)).toEqual({ status: 429, code: 'rate_limited' });
});

test('X-Strict says what is wrong with each event', async () => {
  const mixed = await send(batchOf(event(), event({ type: 'dance' })), { 'x-strict': '1' });
  expect(mixed.status).toBe(200);
  expect(await mixed.json()).toEqual({
    success: true,
    refused: [{ index: 1, code: 'invalid_type', message: expect.any(String) }],
  });
  const none = await send(batchOf(event({ type: 'dance' })), { 'x-strict': '1' });
  expect(none.status).toBe(422);
});

test('a request that ends early is not answered and not stored', async () => {
  const { port } = new URL(host.url);
  await new Promise<void>((done) => {
    const aborted = rawRequest({
      port,
      path: '/v1/batch',
      method: 'POST',
      headers: { authorization: basic(host.writeKey) },
    });
    aborted.on('error', () => done());
    aborted.write('{"batch":[');
    aborted.destroy(new Error('gone'));
  });
  expect((await fetch(`${host.url}/health`)).status).toBe(200);
});
