/** What a person allows: kept with its history, heeded at once, and not undone by who repeats an older answer. */
import { expect, it } from 'vitest';
import { EmbeddedEndpoint } from '../../adapters/embedded/endpoint.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { profileKey } from '../../domain/profile/item.ts';
import { SCORES } from '../../domain/scores/scores.ts';
import { membersPartition } from '../../domain/segments/keys.ts';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { consentReply, consentSetReply } from '../../functions/api/privacy/consent.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import { recommendationsReply } from '../../functions/api/recommendations/schemas.ts';
import { scoresReply } from '../../functions/api/scores.ts';
import { segmentView } from '../../functions/api/segments/definitions.ts';
import { personSegmentsReply } from '../../functions/api/segments/members.ts';
import { previewReply } from '../../functions/api/segments/preview.ts';
import { readCurrent, readFile } from '../../models/registry/registry.ts';
import { NOW, SECRET, type TestChain, testChain } from '../api/chain.ts';
import { errorOf, valueOf } from '../api/reply.ts';
import { serveTiny, vocabulary } from '../fixtures/models.ts';
import { profileIdOf } from '../fixtures/person.ts';

const MINUTE = 60_000;
let sent = 0;
const call = (fields: object, minutesAgo = 1): object => ({
  type: 'track',
  event: 'Looked',
  messageId: `m-${sent++}`,
  timestamp: new Date(NOW - minutesAgo * MINUTE).toISOString(),
  ...fields,
});
const ada = { userId: 'ada' };

const set = async (chain: TestChain, id: string, purposes: object, wording?: string) =>
  valueOf(
    await chain.ask(`/api/profiles/${id}/consent`, {
      method: 'PUT',
      body: JSON.stringify({ purposes, ...(wording !== undefined && { wording }) }),
    }),
    consentSetReply,
  );
const consentOf = async (chain: TestChain, id: string) =>
  valueOf(await chain.ask(`/api/profiles/${id}/consent`), consentReply);
const suppressed = async (chain: TestChain): Promise<Record<string, number>> =>
  valueOf(await chain.ask('/api/ledger'), ledgerReply).suppressed;
const eventsOf = async (chain: TestChain, id: string): Promise<number> =>
  valueOf(await chain.ask(`/api/profiles/${id}`), profileReply).profile.dynamic.events;

it('keeps every answer with when, how and on which wording it was given', async () => {
  using chain = await testChain();
  const decidedAt = new Date(NOW - 9 * MINUTE).toISOString();
  await chain.send(
    {},
    call({ ...ada, context: { consent: { email: true, decidedAt, wording: '2026-01' } } }, 9),
    call({ ...ada, context: { consent: { email: true, decidedAt, wording: '2026-01' } } }, 3),
    call({ ...ada, context: { consent: { ad_storage: 'granted' }, gpc: true } }, 2),
  );
  const { decidedAt: withdrawn } = await set(chain, 'ada', { email: false }, '2026-02');
  await chain.deliver();
  // The page has not heard of it, and says what it knows.
  await chain.send({}, call({ ...ada, context: { consent: { email: true, decidedAt } } }, 0));
  const { consent, history } = await consentOf(chain, 'ada');
  expect(consent['email']).toEqual({ granted: false, at: withdrawn, source: 'console', signals: ['api'] });
  expect(consent['ads_user_data']).toMatchObject({ granted: false, signals: ['consent_mode', 'gpc'] });
  const email = history.filter(({ purpose }) => purpose === 'email');
  expect(email).toMatchObject([
    { granted: true, decidedAt, signals: ['own'], wording: '2026-01', source: 'web' },
    { granted: true, decidedAt, signals: ['own'] },
    { granted: false, decidedAt: withdrawn, signals: ['api'], wording: '2026-02' },
  ]);
  expect(email[0]?.lastSaid).toBe(new Date(NOW - 3 * MINUTE).toISOString());
});

it('follows nobody who withdrew, whatever their later events say, until they agree again', async () => {
  using chain = await testChain();
  await chain.send({}, call({ ...ada, context: { consent: { analytics: true } } }, 9));
  await set(chain, 'ada', { analytics: false });
  await chain.deliver();
  const before = await eventsOf(chain, 'ada');
  const claims = { consent: { analytics: true } };
  await chain.send({}, call({ ...ada, event: 'Later' }), call({ ...ada, event: 'Later', context: claims }));
  expect((await chain.ask('/api/profiles/ada/events')).body).not.toContain('Later');
  expect(await suppressed(chain)).toEqual({ consent_denied: 2 });
  expect(await eventsOf(chain, 'ada')).toBe(before);
  chain.wait(MINUTE);
  await set(chain, 'ada', { analytics: true });
  await chain.deliver();
  await chain.send({}, call(ada, 0));
  expect(await eventsOf(chain, 'ada')).toBe(before + 2);
});

it('hears the refusal that a page reports, and keeps nothing else of that event', async () => {
  using chain = await testChain();
  const page = { trust: 'public', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } as const;
  const device = { anonymousId: 'd-1' };
  await chain.send(page, call(device));
  const context = { consent: { analytics: false }, page: { url: 'https://shop.example/secret' } };
  await chain.send(
    page,
    call({ ...device, event: 'Consent Updated', properties: { hint: 'secret' }, context }),
  );
  await chain.send(page, call(device));
  expect((await consentOf(chain, 'd-1')).consent['analytics']).toMatchObject({ granted: false });
  expect(await suppressed(chain)).toEqual({ consent_denied: 1 });
  expect((await chain.ask('/api/profiles/d-1/events')).body).not.toContain('secret');
  await chain.send(page, call({ event: 'Consent Updated', userId: 'null', context }));
  expect((await chain.ask('/api/quarantine')).body).not.toContain('secret');
});

it('is changed only by who may, and only as the schema says', async () => {
  using chain = await testChain();
  await chain.send({}, call(ada));
  const put = (body: object) =>
    chain.ask('/api/profiles/ada/consent', { method: 'PUT', body: JSON.stringify(body) });
  for (const body of [{}, { purposes: {} }, { purposes: { spying: true } }, { purposes: { email: 'yes' } }])
    expect(errorOf(await put(body)).code).toBe('invalid_body');
  expect(errorOf(await chain.ask('/api/profiles/nobody/consent')).code).toBe('unknown_profile');
  // What only the API says of itself, an event cannot.
  await chain.send(
    {},
    call({ ...ada, context: { consent: { sms: true, signals: ['api'], decided: 'api' } } }),
  );
  expect((await consentOf(chain, 'ada')).consent['sms']).toMatchObject({ signals: ['own'] });
});

/** Runs what serves, and counts the rows that it is asked about. */
function counting(rows: { asked: number }): (objects: TestChain['objects']) => Endpoint {
  return (objects) => {
    const inner = new EmbeddedEndpoint({
      resolve: async (model) => {
        const [tenant = '', name = ''] = model.split('/');
        const manifest = await readCurrent(objects, { tenant, name });
        if (!manifest) return undefined;
        const { version, schema } = manifest;
        return { version, schema, onnx: () => readFile(objects, { tenant, name }, manifest, 'model.onnx') };
      },
    });
    return {
      predict: (question) => {
        rows.asked += question.inputs[0]?.shape[0] ?? 0;
        return inner.predict(question);
      },
    };
  };
}

it('an objection to profiling ends scores, segments and personal recommendations, and nothing else', async () => {
  const rows = { asked: 0 };
  using chain = await testChain({ endpoint: counting(rows) });
  for (const name of ['neighbours', 'behaviour', 'classes'] as const)
    await serveTiny(chain.objects, { tenant: 'test', name, version: 'v1', seed: 1 });
  const rule = { kind: 'count', of: 'events', op: 'gte', value: 1 };
  const made = await chain.ask('/api/segments', {
    method: 'POST',
    body: JSON.stringify({ name: 'All', rule }),
  });
  const { id } = valueOf(made, segmentView);
  const view = (user: string) =>
    call({ userId: user, event: 'Product Viewed', properties: { product_id: vocabulary.items[0] } });
  await chain.send({}, view('ada'), view('bob'));
  const members = async () => (await chain.segments.query({ pk: membersPartition('test', id) })).items.length;
  const scores = (user: string) =>
    chain.profiles.get([profileKey('test', profileIdOf(SECRET, 'test', 'user', user), SCORES)]);
  expect(await members()).toBe(2);
  expect(await scores('ada')).not.toEqual([undefined]);

  await set(chain, 'ada', { profiling: false });
  await chain.deliver();
  rows.asked = 0;
  await chain.send({}, view('ada'), call(ada));
  expect(rows.asked).toBe(0);
  expect(await members()).toBe(1);
  expect(await scores('ada')).toEqual([undefined]);
  expect(await scores('bob')).not.toEqual([undefined]);
  expect(chain.announced().map(({ kind }) => kind)).toEqual(['entered', 'entered', 'left']);
  expect(valueOf(await chain.ask('/api/profiles/ada/segments'), personSegmentsReply).segments).toEqual([]);
  expect(valueOf(await chain.ask('/api/profiles/ada/scores'), scoresReply)).toEqual({
    reason: 'profiling_refused',
  });
  const found = valueOf(await chain.ask('/api/profiles/ada/recommendations'), recommendationsReply);
  expect(found).toMatchObject({ profiling: false, visit: [] });
  expect(new Set(found.items.map(({ from }) => from))).toEqual(new Set(['popular']));
  const preview = await chain.ask('/api/segments/preview', {
    method: 'POST',
    body: JSON.stringify({ rule }),
  });
  expect(valueOf(preview, previewReply).people).toEqual([]);
  // The service goes on: what they do is still known to the shop.
  expect(await eventsOf(chain, 'ada')).toBe(4);
});
