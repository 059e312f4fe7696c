/** Bad events inside good requests: answered 200, kept with a reason, and every one accounted for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

let host: TestHost;
let next = 0;

beforeAll(async () => {
  host = await startTestHost();
});

afterAll(() => host.remove());

const quarantinePage = z.object({
  items: z.array(
    z.object({
      reason: z.string(),
      text: z.optional(z.string()),
      envelope: z.object({ source: z.string() }),
    }),
  ),
});
const profileReply = z.object({
  profile: z.object({
    static: z.object({ traits: z.record(z.string(), z.unknown()) }),
    dynamic: z.object({ events: z.number() }),
  }),
});

const id = (): string => `bad-${next++}`;
const event = (fields: object = {}): Record<string, unknown> => ({
  type: 'track',
  event: 'Tested',
  messageId: id(),
  anonymousId: id(),
  timestamp: new Date().toISOString(),
  ...fields,
});

interface Delta {
  accepted: number;
  applied: number;
  duplicates: number;
  quarantined: number;
  suppressed: number;
  reasons: Record<string, number>;
}

/** Sends one batch, waits until it is through, and says what the ledger gained. */
async function through(
  batch: readonly unknown[] | string,
  headers: Record<string, string> = {},
): Promise<Delta> {
  const before = await host.drain();
  const body =
    typeof batch === 'string' ? batch : JSON.stringify({ batch, sentAt: new Date().toISOString() });
  expect((await host.send('/v1/batch', body, headers)).status).toBe(200);
  const after = await host.drain();
  expect(after.inFlight).toBe(0);
  const reasons: Record<string, number> = {};
  for (const [reason, count] of Object.entries(after.reasons)) {
    const gained = count - (before.reasons[reason] ?? 0);
    if (gained !== 0) reasons[reason] = gained;
  }
  const gained = (kind: keyof typeof after.totals): number => after.totals[kind] - before.totals[kind];
  return {
    accepted: gained('accepted'),
    applied: gained('applied'),
    duplicates: gained('duplicates'),
    quarantined: gained('quarantined'),
    suppressed: gained('suppressed'),
    reasons,
  };
}

const all = (applied: number, reasons: Record<string, number> = {}): Delta => {
  const quarantined = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  return { accepted: applied + quarantined, applied, duplicates: 0, quarantined, suppressed: 0, reasons };
};

const profile = async (known: string): Promise<z.infer<typeof profileReply>['profile']> =>
  profileReply.parse((await host.get(`/api/profiles/${encodeURIComponent(known)}`)).body).profile;

test('10 a lone surrogate or a NUL in an id', async () => {
  const escaped =
    '{"batch":[{"type":"track","event":"x","anonymousId":"a\\ud800"},{"type":"track","event":"x","userId":"a\\u0000b"}]}';
  expect(await through(escaped)).toEqual(all(0, { invalid_id: 2 }));
});

test('12 one event over 32 KB among 99 fine ones', async () => {
  const large = event({ properties: { text: 'x'.repeat(40_000) } });
  const fine = Array.from({ length: 99 }, () => event());
  expect(await through([...fine, large])).toEqual(all(99, { event_too_large: 1 }));
  const { items } = quarantinePage.parse((await host.get('/api/quarantine?reason=event_too_large')).body);
  expect(items[0]?.text?.length).toBe(1024);
});

test('16 a hundred thousand keys', async () => {
  const keys = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`k${i}`, 1]));
  expect(await through([event({ properties: keys }), event()])).toEqual(all(1, { too_many_keys: 1 }));
});

test('17 keys that reach for the prototype are dropped', async () => {
  const who = id();
  const raw = `{"batch":[{"type":"identify","anonymousId":"${who}","traits":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":"Ada"}}]}`;
  expect(await through(raw)).toEqual(all(1));
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  expect((await profile(who)).static.traits).toEqual({ name: 'Ada' });
});

test('18 an id that occurs twice', async () => {
  const raw =
    '{"batch":[{"type":"track","event":"x","userId":"one","userId":"two"},{"type":"track","event":"x","userId":"one","user\\u0049d":"two"}]}';
  expect(await through(raw)).toEqual(all(0, { duplicate_key: 2 }));
});

test('19 ids of wrong types and lengths', async () => {
  const bad = [2 ** 60, {}, [], true].map((userId) => event({ userId }));
  expect(await through(bad)).toEqual(all(0, { invalid_id: 4 }));
  expect(await through([event({ userId: 'x'.repeat(257) }), event({ userId: 'y'.repeat(10_000) })])).toEqual(
    all(0, { id_too_long: 2 }),
  );
  expect(await through([event({ userId: '' }), event({ userId: ' ' })])).toEqual(all(2));
});

test('20 placeholder ids', async () => {
  const junk = ['null', 'undefined', 'NaN', '[object Object]', '00000000-0000-0000-0000-000000000000'];
  expect(await through(junk.map((userId) => event({ userId })))).toEqual(all(0, { junk_id: junk.length }));
});

test('21 neither userId nor anonymousId', async () => {
  expect(await through([event({ anonymousId: undefined })])).toEqual(all(0, { no_identity: 1 }));
});

test('22 unknown type, missing event name, endless name', async () => {
  const batch = [event({ type: 'dance' }), event({ event: undefined }), event({ event: 'n'.repeat(10_000) })];
  expect(await through(batch)).toEqual(all(0, { invalid_type: 1, missing_event: 1, name_too_long: 1 }));
});

test('23 impossible times are mended', async () => {
  const times = ['1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 'yesterday', 1_700_000_000];
  expect(await through(times.map((timestamp) => event({ timestamp })))).toEqual(all(4));
});

test('24 numbers that are not numbers', async () => {
  const raw = ['1e400', '"NaN"', '-0', '"12,50"', '1e308'].map(
    (revenue) =>
      `{"type":"track","event":"Order Completed","anonymousId":"${id()}","properties":{"order_id":"o","revenue":${revenue}}}`,
  );
  expect(await through(`{"batch":[${raw.join(',')}]}`)).toEqual(all(5));
});

test('25 the same message five times in one batch, and again', async () => {
  const same = event();
  expect(await through([same, same, same, same, same])).toEqual({ ...all(1), accepted: 5, duplicates: 4 });
  expect(await through([same])).toEqual({ ...all(0), accepted: 1, duplicates: 1 });
});

test('26 a message id used again for something else', async () => {
  const first = event({ properties: { a: 1 } });
  const second = { ...first, properties: { a: 2 } };
  expect(await through([first])).toEqual(all(1));
  expect(await through([second])).toEqual(all(0, { id_reuse: 1 }));
});

test('27 a missing messageId: the same bytes sent again are still one event', async () => {
  const body = JSON.stringify({
    batch: [event({ messageId: undefined })],
    sentAt: '2026-01-01T00:00:00.000Z',
  });
  expect(await through(body)).toEqual(all(1));
  expect(await through(body)).toEqual({ ...all(0), accepted: 1, duplicates: 1 });
});

test('28 five thousand traits', async () => {
  const traits = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`t${i}`, i]));
  const long = { text: 'x'.repeat(20_000) };
  expect(
    await through([event({ type: 'identify', traits }), event({ type: 'identify', traits: long })]),
  ).toEqual(all(0, { too_many_traits: 2 }));
});

test('29 markup, formulas, line ends and direction marks are text', async () => {
  const who = id();
  const traits = {
    html: '<script>alert(1)</script>',
    formula: '=1+1',
    template: '{{7*7}}',
    lines: 'a\r\nb',
    rtl: 'a\u202eb',
  };
  expect(
    await through([
      event({ type: 'identify', anonymousId: who, traits }),
      event({ event: '<img src=x onerror=alert(1)>' }),
    ]),
  ).toEqual(all(2));
  expect((await profile(who)).static.traits).toEqual(traits);
});

test('30 consent denied: answered 200, only the count is kept', async () => {
  const who = id();
  const denied = event({ anonymousId: who, context: { consent: { analytics: false } } });
  expect(await through([denied])).toEqual({
    ...all(0),
    accepted: 1,
    suppressed: 1,
    reasons: { consent_denied: 1 },
  });
  expect((await host.get(`/api/profiles/${who}`)).status).toBe(404);
});

test('30 Global Privacy Control: stored, and no use for ads', async () => {
  const who = id();
  expect(await through([event({ anonymousId: who })], { 'sec-gpc': '1' })).toEqual(all(1));
  const { body } = await host.get(`/api/profiles/${who}`);
  expect(JSON.stringify(body)).toContain('ads_personalisation');
});

test('things that are no events at all', async () => {
  expect(await through([1, null, 'text', [], event()])).toEqual(all(1, { invalid_json: 4 }));
});
