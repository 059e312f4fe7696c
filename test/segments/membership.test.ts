/** Who is in which segment, from events to word on the stream: when something happens, and when nothing does. */
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { decodeProfile, encodeProfile, profileKey } from '../../domain/profile/item.ts';
import { journalPartition, membersPartition, standingKey } from '../../domain/segments/keys.ts';
import type { Rule } from '../../domain/segments/rule.ts';
import { segmentView } from '../../functions/api/segments/definitions.ts';
import { personSegmentsReply } from '../../functions/api/segments/members.ts';
import { Assessor } from '../../functions/membership/assess.ts';
import { idsIn, newPeople } from '../../functions/membership/new-people.ts';
import { NOW, SECRET, type TestChain, testChain } from '../api/chain.ts';
import { valueOf } from '../api/reply.ts';
import { profileIdOf } from '../fixtures/person.ts';

const DAY = 86_400_000;
let sent = 0;
const call = (fields: object, at = NOW - 60_000): object => ({
  type: 'track',
  event: 'Order Completed',
  messageId: `m-${sent++}`,
  timestamp: new Date(at).toISOString(),
  properties: { order_id: 'o', revenue: 20 },
  ...fields,
});
const ordered: Rule = { kind: 'count', of: 'orders', days: 7, op: 'gte', value: 1 };

async function make(chain: TestChain, rule: Rule, name = 'Buyers'): Promise<z.infer<typeof segmentView>> {
  const body = JSON.stringify({ name, rule });
  return valueOf(await chain.ask('/api/segments', { method: 'POST', body }), segmentView);
}
const membersOf = async (chain: TestChain, segment: string): Promise<string[]> =>
  (await chain.segments.query({ pk: membersPartition('test', segment) })).items.map(({ sk }) => sk);
const idOf = (user: string, kind: 'user' | 'anonymous' = 'user'): string =>
  profileIdOf(SECRET, 'test', kind, user);
async function listed(chain: TestChain): Promise<string[]> {
  const ids: string[] = [];
  for await (const list of newPeople(chain.segments, 'test')) ids.push(...idsIn(list));
  return ids.sort();
}
const told = (chain: TestChain): string[] =>
  chain.announced().map(({ kind, profileId: id }) => `${kind} ${id === idOf('ada') ? 'ada' : 'other'}`);
const segmentsOf = async (chain: TestChain, id: string): Promise<string[]> =>
  valueOf(await chain.ask(`/api/profiles/${id}/segments`), personSegmentsReply).segments.map(
    ({ name }) => name,
  );

it('an event lets a person in, and days without one let them out', async () => {
  using chain = await testChain();
  const { id } = await make(chain, ordered);
  await chain.send({}, call({ userId: 'ada' }), call({ userId: 'bob', event: 'Looked' }));
  expect(told(chain)).toEqual(['entered ada']);
  expect(await membersOf(chain, id)).toEqual([idOf('ada')]);
  expect(await segmentsOf(chain, 'ada')).toEqual(['Buyers']);
  expect(await segmentsOf(chain, 'bob')).toEqual([]);

  chain.wait(6 * DAY);
  await chain.sweep();
  expect(told(chain)).toHaveLength(1);
  chain.wait(DAY);
  await chain.sweep();
  expect(told(chain)).toEqual(['entered ada', 'left ada']);
  expect(await membersOf(chain, id)).toEqual([]);
  expect(await segmentsOf(chain, 'ada')).toEqual([]);
});

it('what is delivered again changes nothing and is said once', async () => {
  using chain = await testChain();
  await make(chain, ordered);
  await chain.send({}, call({ userId: 'ada' }));
  const [before] = await chain.segments.get([standingKey('test', idOf('ada'))]);
  await chain.redeliver('segment');
  await chain.send({}, call({ userId: 'ada' }));
  expect(told(chain)).toEqual(['entered ada']);
  expect((await chain.segments.get([standingKey('test', idOf('ada'))]))[0]).toEqual(before);
});

it('a new, a changed and a deleted segment reach people who do nothing', async () => {
  using chain = await testChain();
  await chain.send(
    {},
    call({ userId: 'ada' }),
    call({ userId: 'bob', properties: { order_id: 'p', revenue: 500 } }),
  );
  const segment = await make(chain, ordered);
  await chain.sweep();
  expect((await membersOf(chain, segment.id)).length).toBe(2);

  const rule = { kind: 'count', of: 'revenue', op: 'gte', value: 100 };
  const headers = { 'if-match': `"${segment.version}"` };
  const body = JSON.stringify({ name: 'Big', rule });
  const target = `/api/segments/${segment.id}`;
  const changed = valueOf(await chain.ask(target, { method: 'PUT', body, headers }), segmentView);
  await chain.sweep();
  expect(await membersOf(chain, segment.id)).toEqual([idOf('bob')]);

  const last = { 'if-match': `"${changed.version}"` };
  expect((await chain.ask(target, { method: 'DELETE', headers: last })).status).toBe(200);
  await chain.sweep();
  expect(await membersOf(chain, segment.id)).toEqual([]);
  expect(told(chain).sort()).toEqual(['entered ada', 'entered other', 'left ada', 'left other']);
});

it('reads no profile before there is a segment, and yet finds everybody for the first one', async () => {
  using chain = await testChain();
  const clock = { now: () => NOW };
  const unreadable = new EmbeddedTable({ path: ':memory:', clock });
  unreadable.close();
  const assessor = new Assessor({
    clock,
    metrics: { count: () => {} },
    tables: { profiles: unreadable, segments: chain.segments },
    streams: { memberships: { append: () => Promise.resolve() } },
  });
  const ids = new Set(['ada', 'bob'].map((user) => idOf(user)));
  await assessor.follow('test', { ids, merged: new Set(), first: ids });
  await assessor.follow('test', { ids, merged: new Set(), first: new Set() });
  const journal = await chain.segments.query({ pk: journalPartition('test', NOW / 60_000) });
  expect(journal.items.map(idsIn)).toEqual([[...ids], [...ids]]);
  expect(await listed(chain)).toEqual([...ids].sort());

  await chain.send({}, call({ userId: 'ada' }), call({ userId: 'eve' }));
  await chain.send({}, call({ userId: 'ada' }));
  expect(await listed(chain)).toEqual([...ids, idOf('ada'), idOf('eve')].sort());
  expect(await chain.segments.get([standingKey('test', idOf('eve'))])).toEqual([undefined]);
  const { id } = await make(chain, ordered);
  await chain.sweep();
  expect(await membersOf(chain, id)).toEqual([idOf('ada'), idOf('eve')].sort());
  expect(await listed(chain)).toEqual([]);
});

it('nobody is lost who is listed by somebody that has not heard of the first segment yet', async () => {
  using chain = await testChain();
  await chain.send({}, call({ userId: 'ada' }));
  const { id } = await make(chain, ordered);
  await chain.sweep();
  // Rules are kept for some seconds, so this is still listed.
  await chain.send({}, call({ userId: 'eve' }));
  expect(await listed(chain)).toEqual([idOf('eve')]);
  expect(await membersOf(chain, id)).toEqual([idOf('ada')]);
  chain.wait(60_000);
  await chain.sweep();
  expect(await membersOf(chain, id)).toEqual([idOf('ada'), idOf('eve')].sort());
});

it('a profile that became another leaves, and so does one that was erased', async () => {
  using chain = await testChain();
  const { id } = await make(chain, ordered);
  const page = { trust: 'public', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } as const;
  await chain.send(page, call({ anonymousId: 'd-1' }));
  expect(await membersOf(chain, id)).toEqual([idOf('d-1', 'anonymous')]);
  await chain.send({}, call({ anonymousId: 'd-1', userId: 'ada', type: 'identify' }));
  expect(await membersOf(chain, id)).toEqual([idOf('ada')]);
  expect(told(chain).sort()).toEqual(['entered ada', 'entered other', 'left other']);
  expect(await chain.segments.get([standingKey('test', idOf('d-1', 'anonymous'))])).toEqual([undefined]);

  const key = profileKey('test', idOf('ada'));
  const [item] = await chain.profiles.get([key]);
  const profile = decodeProfile('test', idOf('ada'), item);
  profile.meta.erased = true;
  await chain.profiles.put([{ ...key, data: encodeProfile(profile), expect: profile.version }]);
  await chain.redeliver('segment');
  expect(await membersOf(chain, id)).toEqual([]);
  expect(told(chain).at(-1)).toBe('left ada');
  expect(await chain.segments.get([standingKey('test', idOf('ada'))])).toEqual([undefined]);
});

it('sweeps once at a time, and goes on where it was', async () => {
  using chain = await testChain();
  await make(chain, ordered);
  await chain.send({}, ...Array.from({ length: 30 }, (_, i) => call({ userId: `u-${i}` })));
  chain.wait(8 * DAY);
  await Promise.all([chain.sweep(), chain.sweep(), chain.sweep()]);
  const left = chain.announced().filter(({ kind }) => kind === 'left');
  expect(left).toHaveLength(30);
});
