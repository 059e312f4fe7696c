/** What people ask about their data, over the API. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKnown, sealKnown } from '../../domain/privacy/person.ts';
import { openRequests } from '../../domain/privacy/requests.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { madeKeyReply } from '../../functions/api/keys.ts';
import { requestsReply, requestView } from '../../functions/api/privacy/requests.ts';
import { SECRET, type TestChain, testChain } from '../api/chain.ts';
import { errorOf, valueOf } from '../api/reply.ts';

let chain: TestChain;
let officer = '';

const post = (body: object, key = officer) =>
  chain.ask('/api/privacy/requests', { method: 'POST', body: JSON.stringify(body), key });
const make = async (id: string, kind = 'erase') => valueOf(await post({ kind, id }), requestView);

beforeAll(async () => {
  chain = await testChain();
  const body = JSON.stringify({ source: 'officer', kind: 'secret', role: 'privacy' });
  officer = valueOf(await chain.ask('/api/keys', { method: 'POST', body }), madeKeyReply).key;
});
afterAll(() => chain[Symbol.dispose]());

it('are made by who has the role, also for somebody who was never seen', async () => {
  expect(errorOf(await post({ kind: 'erase', id: 'ada' }, chain.keys.secret))).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
  const made = await make('never-seen@example.com');
  expect(made).toMatchObject({ kind: 'erase', state: 'initialised', steps: [], models: [] });
  expect(made.subjects).toEqual([
    subjectOf(SECRET, 'test', 'user', 'never-seen@example.com'),
    subjectOf(SECRET, 'test', 'device', 'never-seen@example.com'),
  ]);
});

it('for a copy are a note that somebody asked: the copy is made when it is fetched', async () => {
  expect(await make('ada', 'export')).toMatchObject({
    kind: 'export',
    state: 'finished',
    says: 'The copy is ready to be fetched.',
  });
});

it('hold the raw id under seal only, and only for this request', async () => {
  const made = await make('grace-hopper');
  const open = await openRequests(chain.privacy);
  const [request] = open.flatMap((stored) => (stored.request.id === made.id ? stored.request : []));
  if (!request) throw new Error('the request is not open');
  expect(JSON.stringify(request)).not.toContain('grace');
  expect(openKnown(SECRET, request).ids).toEqual(['grace-hopper']);
  expect(() => openKnown(SECRET, { ...request, id: 'another' })).toThrow(/authenticate/);
  expect(() => openKnown('0f'.repeat(32), request)).toThrow(/authenticate/);
  const known = { ids: ['a'], profiles: [], marks: [] };
  expect(sealKnown(SECRET, request, known)).not.toBe(sealKnown(SECRET, request, known));
});

it('are listed newest first, page by page, to their tenant alone', async () => {
  const made: string[] = [];
  for (const id of ['one', 'two', 'three']) {
    chain.wait(1);
    made.unshift((await make(id)).id);
  }
  const first = valueOf(await chain.ask('/api/privacy/requests?limit=2'), requestsReply);
  const rest = valueOf(
    await chain.ask(`/api/privacy/requests?limit=1&cursor=${first.cursor}`),
    requestsReply,
  );
  expect([...first.requests, ...rest.requests].map(({ id }) => id)).toEqual(made);
  const [newest = ''] = made;
  expect(valueOf(await chain.ask(`/api/privacy/requests/${newest}`), requestView)).toEqual(first.requests[0]);
  const key = chain.keys.stranger;
  expect(valueOf(await chain.ask('/api/privacy/requests', { key }), requestsReply).requests).toEqual([]);
  expect(errorOf(await chain.ask(`/api/privacy/requests/${newest}`, { key })).code).toBe('unknown_request');
});

it('are refused without a kind or an id', async () => {
  for (const body of [
    { id: 'ada' },
    { kind: 'erase' },
    { kind: 'erase', id: '' },
    { kind: 'tell', id: 'ada' },
  ])
    expect(errorOf(await post(body)).code).toBe('invalid_body');
});
