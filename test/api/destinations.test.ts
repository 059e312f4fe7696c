/** Destinations over the API: secrets shown once, URLs checked, and nobody else's touched. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobWrite, queuePartition } from '../../domain/webhook/destination.ts';
import { destinationsReply, madeDestinationReply } from '../../functions/api/destinations/destinations.ts';
import { NOW, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain[Symbol.dispose]());

const post = (path: string, body: object, key?: string) =>
  chain.ask(path, { method: 'POST', body: JSON.stringify(body), ...(key !== undefined && { key }) });
const make = async (fields: object = {}) =>
  valueOf(
    await post('/api/destinations', { url: 'https://hooks.example.com/x', ...fields }),
    madeDestinationReply,
  );
const list = async (key?: string) =>
  valueOf(await chain.ask('/api/destinations', key === undefined ? {} : { key }), destinationsReply)
    .destinations;

it('shows a secret once and lists the destination without it', async () => {
  const { secret, view } = await make({ segments: ['0123456789abcdef'] });
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(await list()).toContainEqual(view);
  expect(JSON.stringify(await list())).not.toContain(secret.slice(6));
  const next = valueOf(
    await post(`/api/destinations/${view.id}/secret`, { graceHours: 1 }),
    madeDestinationReply,
  );
  expect(next.secret).not.toBe(secret);
  expect(next.view).toEqual(view);
});

it('takes no URL that may not be posted to, and says why', async () => {
  for (const url of [
    'http://hooks.example.com/',
    'https://169.254.169.254/',
    'https://0x7f000001/',
    'nonsense',
  ]) {
    const problem = errorOf(await post('/api/destinations', { url }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_url' });
  }
});

it('is neither seen nor changed by another tenant', async () => {
  const { view } = await make();
  const { stranger } = chain.keys;
  expect(await list(stranger)).toEqual([]);
  expect(errorOf(await post(`/api/destinations/${view.id}/secret`, {}, stranger)).code).toBe(
    'unknown_destination',
  );
  const reply = await chain.ask(`/api/destinations/${view.id}`, { method: 'DELETE', key: stranger });
  expect(errorOf(reply).code).toBe('unknown_destination');
  expect(await list()).toContainEqual(view);
});

it('ends when it is deleted with all that waits, and twenty are enough', async () => {
  const { view } = await make();
  const pk = queuePartition('test', view.id);
  const change = { id: 'c', profileId: 'p', segmentId: 's', kind: 'entered', at: NOW } as const;
  const job = { change, queuedAt: NOW, attempts: 0, notBefore: 0 };
  await chain.destinations.put(Array.from({ length: 250 }, (_, i) => jobWrite({ pk, sk: `${i}` }, job)));
  expect((await chain.ask(`/api/destinations/${view.id}`, { method: 'DELETE' })).status).toBe(200);
  expect((await list()).map(({ id }) => id)).not.toContain(view.id);
  expect((await chain.destinations.query({ pk })).items).toEqual([]);
  for (let n = (await list()).length; n < 20; n++) await make();
  expect(errorOf(await post('/api/destinations', { url: 'https://hooks.example.com/' }))).toMatchObject({
    status: 409,
    code: 'too_many_destinations',
  });
});
