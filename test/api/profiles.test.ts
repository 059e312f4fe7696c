/** A person is found by any id, and seen as the chain stored them. */
import { expect, it } from 'vitest';
import { decodeProfile, encodeProfile, profileKey } from '../../domain/profile/item.ts';
import { eventsReply } from '../../functions/api/events.ts';
import { profileReply } from '../../functions/api/profiles.ts';
import { profileIdOf } from '../fixtures/person.ts';
import { NOW, SECRET, type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const call = (fields: object): object => ({
  type: 'track',
  event: 'Looked',
  timestamp: new Date(NOW - 60_000).toISOString(),
  ...fields,
});
const page = { trust: 'public', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } as const;
const device = { anonymousId: 'd-1' };

const profileOf = async (chain: TestChain, id: string) =>
  valueOf(await chain.ask(`/api/profiles/${encodeURIComponent(id)}`), profileReply);
const eventsOf = async (chain: TestChain, id: string, query = '') =>
  valueOf(await chain.ask(`/api/profiles/${encodeURIComponent(id)}/events${query}`), eventsReply).events;
const namesOf = async (chain: TestChain, id: string, query = '') =>
  (await eventsOf(chain, id, query)).map(({ messageId }) => messageId);

it('answers the same for every id of a person', async () => {
  using chain = await testChain();
  await chain.send(page, call({ ...device, messageId: 'a' }));
  await chain.send(
    {},
    call({ ...device, userId: 'u/1 %', type: 'identify', messageId: 'b', traits: { plan: 'club' } }),
  );
  const byUser = await profileOf(chain, 'u/1 %');
  expect(byUser).toMatchObject({
    profile: {
      static: { traits: { plan: 'club' }, userIds: ['u/1 %'], anonymousIds: ['d-1'] },
      dynamic: { events: 2 },
    },
    items: [{ kind: 'user', trusted: true }],
    merged: [profileIdOf(SECRET, 'test', 'anonymous', 'd-1')],
  });
  expect(await profileOf(chain, 'd-1')).toEqual(byUser);
  expect(await profileOf(chain, byUser.items[0]?.profileId ?? '')).toEqual(byUser);
  expect(await profileOf(chain, byUser.merged[0] ?? '')).toEqual(byUser);
});

it('shows a device that nobody was recognised on', async () => {
  using chain = await testChain();
  await chain.send(page, call({ ...device, messageId: 'a' }));
  expect(await profileOf(chain, 'd-1')).toMatchObject({
    profile: { dynamic: { events: 1 } },
    items: [{ kind: 'anonymous', trusted: false }],
    merged: [],
  });
});

it('shows what a page claimed beside what servers vouched for', async () => {
  using chain = await testChain();
  const identify = { userId: 'u-1', type: 'identify' };
  await chain.send({}, call({ ...identify, messageId: 'a', traits: { plan: 'club' } }));
  await chain.send(
    page,
    call({ ...identify, ...device, messageId: 'b', traits: { plan: 'free', hat: 'red' } }),
  );
  const found = await profileOf(chain, 'u-1');
  expect(found.items).toMatchObject([
    {
      kind: 'user',
      trusted: true,
      profile: { static: { traits: { plan: 'club' } }, dynamic: { events: 1 } },
    },
    { kind: 'claim', trusted: false, profile: { static: { traits: { plan: 'free', hat: 'red' } } } },
  ]);
  // What a server said outranks what a page said later.
  expect(found.profile).toMatchObject({
    static: { traits: { plan: 'club', hat: 'red' } },
    dynamic: { events: 2 },
  });
  expect(found.items[0]?.profile.static.traits).not.toHaveProperty('hat');
  expect(await profileOf(chain, 'd-1')).toEqual(found);
});

it('says nothing when the asker has the answer already, until the profile changes', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'u-1', messageId: 'a' }));
  const { etag = '' } = (await chain.ask('/api/profiles/u-1')).headers;
  const again = (tag: string) => chain.ask('/api/profiles/u-1', { headers: { 'if-none-match': tag } });
  for (const tag of [etag, `"other", ${etag}`, '*', etag.slice('W/'.length)]) {
    expect(await again(tag)).toMatchObject({ status: 304, body: '', headers: { etag } });
  }
  expect((await again('"other"')).status).toBe(200);
  await chain.send({}, call({ userId: 'u-1', messageId: 'b' }));
  const changed = await again(etag);
  expect(changed.status).toBe(200);
  expect(changed.headers['etag']).not.toBe(etag);
});

it('knows nobody of another tenant, nobody unknown, and nobody erased', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'u-1', messageId: 'a' }));
  const id = profileIdOf(SECRET, 'test', 'user', 'u-1');
  for (const path of ['/api/profiles/u-1', `/api/profiles/${id}`, '/api/profiles/u-1/events']) {
    expect(errorOf(await chain.ask(path, { key: chain.keys.stranger })).code).toBe('unknown_profile');
  }
  expect(errorOf(await chain.ask('/api/profiles/u-2'))).toMatchObject({
    status: 404,
    code: 'unknown_profile',
  });
  const [item] = await chain.profiles.get([profileKey('test', id)]);
  const profile = decodeProfile('test', id, item);
  profile.meta.erased = true;
  await chain.profiles.put([{ ...profileKey('test', id), data: encodeProfile(profile) }]);
  expect(errorOf(await chain.ask('/api/profiles/u-1')).code).toBe('unknown_profile');
});

it('lists the events of all identities of a person, newest first', async () => {
  using chain = await testChain();
  const at = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
  await chain.send(page, call({ ...device, messageId: 'a', timestamp: at(40) }));
  await chain.send({}, call({ ...device, userId: 'u-1', messageId: 'c', timestamp: at(20) }));
  await chain.send(page, call({ ...device, type: 'page', name: 'Home', messageId: 'b', timestamp: at(30) }));
  await chain.send(page, call({ userId: 'u-1', messageId: 'd', timestamp: at(10) }));
  await chain.send({}, call({ userId: 'u-2', messageId: 'x', timestamp: at(15) }));
  expect(await namesOf(chain, 'u-1')).toEqual(['d', 'c', 'b', 'a']);
  expect(await namesOf(chain, 'd-1')).toEqual(['d', 'c', 'b', 'a']);
  expect(await namesOf(chain, 'u-1', '?limit=2')).toEqual(['d', 'c']);
  expect(await namesOf(chain, 'u-1', `?from=${at(30)}&to=${at(10)}`)).toEqual(['c', 'b']);
  expect(await namesOf(chain, 'u-1', '?type=page&limit=1')).toEqual(['b']);
  const [newest] = await eventsOf(chain, 'u-1', '?limit=1');
  expect(newest).toMatchObject({ type: 'track', event: 'Looked', trust: 'public', timestamp: at(10) });
});

it('leaves out what others did on a shared device', async () => {
  using chain = await testChain();
  await chain.send({}, call({ ...device, userId: 'u-1', messageId: 'a' }));
  await chain.send({}, call({ ...device, userId: 'u-2', messageId: 'b' }));
  await chain.send(page, call({ ...device, messageId: 'c' }));
  expect((await namesOf(chain, 'u-1')).sort()).toEqual(['a', 'c']);
  expect(await namesOf(chain, 'u-2')).toEqual(['b']);
  // The bound holds for what is left, not for what was looked at.
  expect(await namesOf(chain, 'u-1', '?limit=2')).toHaveLength(2);
});
