/** Refused events can be read, mended and sent again, and nothing is counted twice. */
import { expect, it } from 'vitest';
import { eventsReply } from '../../functions/api/events.ts';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import { quarantineReply } from '../../functions/api/quarantine.ts';
import { replayReply } from '../../functions/api/replay.ts';
import { NOW, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const HOUR = 3_600_000;
const call = (fields: object): object => ({ type: 'track', event: 'Looked', ...fields });
const unnamed = (messageId: string, userId = 'u-1'): object =>
  call({ messageId, userId, event: '', timestamp: new Date(NOW - 2 * HOUR).toISOString() });

const list = async (chain: TestChain, query = '', key = chain.keys.secret) =>
  valueOf(await chain.ask(`/api/quarantine${query}`, { key }), quarantineReply);

const replay = async (chain: TestChain, query: string, body = '', type = 'application/json') => {
  const headers = { 'content-type': type };
  const reply = await chain.ask(`/api/quarantine/replay${query}`, { method: 'POST', body, headers });
  const value = valueOf(reply, replayReply);
  await chain.deliver();
  return value;
};

const totals = async (chain: TestChain) => valueOf(await chain.ask('/api/ledger'), ledgerReply).totals;
const eventsOf = async (chain: TestChain, id: string): Promise<number> =>
  valueOf(await chain.ask(`/api/profiles/${id}`), profileReply).profile.dynamic.events;

const none = { replayed: 0, corrected: 0, repeated: 0, incomplete: 0, unknown: 0 };

it('shows a refused event with its reason, its request and its bytes', async () => {
  using chain = await testChain();
  const text = JSON.stringify(call({ userId: 'null', messageId: 'ä' }));
  await chain.send({ trust: 'public', ip: '192.0.2.0', userAgent: 'Browser', sentAt: NOW - 5 }, text);
  const { items } = await list(chain);
  expect(items).toMatchObject([
    {
      receivedAt: new Date(NOW).toISOString(),
      reason: 'junk_id',
      message: expect.stringContaining('placeholder'),
      step: 'clean',
      envelope: {
        source: 'web',
        trust: 'public',
        ip: '192.0.2.0',
        userAgent: 'Browser',
        sentAt: new Date(NOW - 5).toISOString(),
      },
      text,
      original: Buffer.from(text).toString('base64'),
      complete: true,
    },
  ]);
  expect((await list(chain, '', chain.keys.stranger)).items).toEqual([]);
});

it('pages through all refused events of a reason, each once', async () => {
  using chain = await testChain();
  for (let hour = 0; hour < 4; hour++) {
    const names = Array.from({ length: 5 }, (_, i) => `m-${hour}-${i}`);
    const events = names.flatMap((name) => [unnamed(name), call({ userId: 'null', messageId: `x-${name}` })]);
    await chain.send({ receivedAt: NOW - hour * HOUR }, ...events);
  }
  const seen: (string | undefined)[] = [];
  let query = '?reason=missing_event&limit=3';
  for (;;) {
    const { items, cursor } = await list(chain, query);
    expect(items.length).toBeLessThanOrEqual(3);
    seen.push(...items.map((item) => item.text));
    if (cursor === undefined) break;
    query = `?reason=missing_event&limit=3&cursor=${cursor}`;
  }
  expect(seen).toHaveLength(20);
  expect(new Set(seen).size).toBe(20);
  expect(seen.every((text) => text?.includes('"m-'))).toBe(true);
  expect((await list(chain, '?day=2026-03-01')).items).toHaveLength(40);
  expect((await list(chain, '?day=2026-02-28')).items).toEqual([]);
});

it('sends mended events again under their first receipt time, and knows them the second time', async () => {
  using chain = await testChain();
  await chain.send({ receivedAt: NOW - HOUR }, unnamed('a'), unnamed('b'));
  const { items } = await list(chain);
  const body = JSON.stringify({
    items: items.map(({ receipt, text = '' }) => ({
      receipt,
      event: { ...JSON.parse(text), event: 'Mended' },
    })),
  });
  expect(await replay(chain, '', body)).toEqual({ ...none, replayed: 2, corrected: 2 });
  expect(await totals(chain)).toMatchObject({ accepted: 4, quarantined: 2, applied: 2, duplicates: 0 });
  expect(await eventsOf(chain, 'u-1')).toBe(2);
  const before = await chain.ask('/api/profiles/u-1');
  expect(await replay(chain, '', body)).toMatchObject({ replayed: 2 });
  expect(await totals(chain)).toMatchObject({ accepted: 6, quarantined: 2, applied: 2, duplicates: 2 });
  expect((await chain.ask('/api/profiles/u-1')).body).toEqual(
    String(before.body).replace(/"version":\d+/, (match) => `"version":${Number(match.slice(10)) + 1}`),
  );
  const { events } = valueOf(await chain.ask('/api/profiles/u-1/events'), eventsReply);
  expect(events[0]).toMatchObject({
    event: 'Mended',
    timestamp: new Date(NOW - 2 * HOUR).toISOString(),
    receivedAt: new Date(NOW - HOUR).toISOString(),
  });
});

it('takes listed entries back as lines, with the text mended', async () => {
  using chain = await testChain();
  await chain.send({}, unnamed('a'), '{"type":"track","event":"Cut off","userId":"u-1","messageId":"b"');
  const { items } = await list(chain);
  const lines = items.map((item) =>
    JSON.stringify({
      ...item,
      text:
        item.reason === 'invalid_json' ? `${item.text}}` : item.text?.replace('"event":""', '"event":"X"'),
    }),
  );
  expect(await replay(chain, '', `${lines.join('\n')}\n`, 'application/x-ndjson')).toEqual({
    ...none,
    replayed: 2,
    corrected: 2,
  });
  expect(await totals(chain)).toMatchObject({ applied: 2 });
});

it('sends stored events again as they are; those still refused do not breed', async () => {
  using chain = await testChain();
  await chain.send({}, unnamed('a'), unnamed('b'), call({ userId: 'null', messageId: 'c' }));
  expect(await replay(chain, '?reason=missing_event')).toEqual({ ...none, replayed: 2 });
  expect((await list(chain, '?reason=missing_event')).items).toHaveLength(4);
  expect(await replay(chain, '?reason=missing_event')).toEqual({ ...none, replayed: 2, repeated: 2 });
  expect((await list(chain)).items.filter((item) => item.envelope.replay)).toHaveLength(4);
});

it('replays page by page', async () => {
  using chain = await testChain();
  await chain.send({}, unnamed('a'), unnamed('b'), unnamed('c'));
  const first = await replay(chain, '?limit=2');
  expect(first).toMatchObject({ replayed: 2, cursor: expect.any(String) });
  expect(await totals(chain)).toMatchObject({ accepted: 5 });
});

it('cannot send again what was not kept whole, unless it is mended', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'u-1', messageId: 'a', properties: { text: 'x'.repeat(40_000) } }));
  const { items } = await list(chain);
  expect(items).toMatchObject([{ reason: 'event_too_large', complete: false }]);
  expect(await replay(chain, '')).toEqual({ ...none, incomplete: 1 });
  const receipt = items[0]?.receipt;
  const event = call({ userId: 'u-1', messageId: 'a' });
  expect(await replay(chain, '', JSON.stringify({ items: [{ receipt, event }] }))).toMatchObject({
    replayed: 1,
  });
  expect(await eventsOf(chain, 'u-1')).toBe(1);
});

it('takes back what was refused after cleaning', async () => {
  using chain = await testChain();
  const event = call({ userId: 'u-1', messageId: 'a' });
  await chain.send({}, event, { ...event, event: 'Left' });
  const { items } = await list(chain, '?reason=id_reuse');
  expect(items).toMatchObject([{ step: 'features' }]);
  const [mended] = items.map((item) => ({
    ...item,
    text: item.text?.replace('"messageId":"a"', '"messageId":"b"'),
  }));
  expect(await replay(chain, '', JSON.stringify({ items: [mended] }))).toMatchObject({ replayed: 1 });
  expect(await totals(chain)).toMatchObject({ accepted: 3, applied: 2, quarantined: 1 });
});

it('never lets a replay speak for more than its first request did', async () => {
  using chain = await testChain();
  await chain.send({ trust: 'public' }, unnamed('a', 'u-2'));
  const { items } = await list(chain);
  const line = { ...items[0], envelope: { source: 'server', trust: 'secret' }, tenant: 'other' };
  const event = call({ messageId: 'a', userId: 'u-2' });
  await replay(chain, '', JSON.stringify({ items: [{ ...line, event }] }));
  const { items: stored } = valueOf(await chain.ask('/api/profiles/u-2'), profileReply);
  expect(stored).toMatchObject([
    { kind: 'claim', trusted: false, profile: { static: { sources: ['web'] } } },
  ]);
});

it('finds nothing of another tenant to send again', async () => {
  using chain = await testChain();
  await chain.send({}, unnamed('a'));
  const body = JSON.stringify({ items: [{ receipt: (await list(chain)).items[0]?.receipt }] });
  const asked = { method: 'POST', body, key: chain.keys.stranger };
  const reply = await chain.ask('/api/quarantine/replay', asked);
  expect(valueOf(reply, replayReply)).toEqual({ ...none, unknown: 1 });
});

it.each([
  ['{"items":[', 'The body is not JSON.'],
  ['{"items":[]}', 'at "items"'],
  ['{"items":[{"receipt":1}]}', 'at "items", 0, "receipt"'],
  ['"x"', 'does not match'],
])('refuses the body %s', async (body, message) => {
  using chain = await testChain();
  const reply = await chain.ask('/api/quarantine/replay', { method: 'POST', body });
  expect(errorOf(reply)).toMatchObject({
    status: 400,
    code: 'invalid_body',
    message: expect.stringContaining(message),
  });
});

it('refuses a body that is too large, and one that is no text', async () => {
  using chain = await testChain();
  const post = async (body: Uint8Array) =>
    errorOf(await chain.ask('/api/quarantine/replay', { method: 'POST', body }));
  expect(await post(new Uint8Array(1024 * 1024 + 1))).toMatchObject({ status: 413, code: 'body_too_large' });
  expect(await post(Uint8Array.of(0xff))).toMatchObject({ status: 400, code: 'invalid_body' });
});
