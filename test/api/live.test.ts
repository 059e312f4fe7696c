/** Events as they come, through the API. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { liveReply } from '../../functions/api/live.ts';
import { type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

let chain: TestChain;
beforeEach(async () => {
  chain = await testChain();
});
afterEach(() => chain[Symbol.dispose]());

const ask = async (after?: string, key = chain.keys.secret) =>
  valueOf(
    await chain.ask(`/api/live${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, { key }),
    liveReply,
  );

const viewed = (messageId: string) => ({
  type: 'track',
  event: 'Product Viewed',
  userId: 'ada',
  messageId,
  properties: { product_id: ' p-1 ' },
});

it('begins where the stream ends, and goes on from there', async () => {
  await chain.send({}, viewed('m-0'));
  const { position, events } = await ask();
  expect(events).toEqual([]);
  await chain.send({}, viewed('m-1'), viewed('m-2'));
  const next = await ask(position);
  expect(next.events.map(({ raw }) => JSON.parse(raw).messageId)).toEqual(['m-1', 'm-2']);
  expect((await ask(next.position)).events).toEqual([]);
});

it('shows the raw and the cleaned form, and the reason of a refusal', async () => {
  const { position } = await ask();
  await chain.send({}, viewed('m-1'), { type: 'track', userId: 'ada', messageId: 'm-2' }, '{"broken');
  const [clean, refused, broken] = (await ask(position)).events;
  expect(clean).toMatchObject({ outcome: 'clean', event: 'Product Viewed', userId: 'ada', source: 'web' });
  expect(JSON.parse(clean?.raw ?? '')).toEqual(viewed('m-1'));
  expect(clean?.clean).toMatchObject({ properties: { product_id: ' p-1 ' }, flags: ['no_timestamp'] });
  expect(refused).toMatchObject({ outcome: 'quarantined', reason: 'missing_event' });
  expect(broken).toMatchObject({ outcome: 'quarantined', reason: 'invalid_json', raw: '{"broken' });
});

it('shows a tenant nothing of another', async () => {
  const mine = await ask();
  const theirs = await ask(undefined, chain.keys.stranger);
  await chain.send({}, viewed('m-1'));
  expect((await ask(theirs.position, chain.keys.stranger)).events).toEqual([]);
  expect((await ask(mine.position)).events).toHaveLength(1);
});

it('says how many it left out when they come too fast', async () => {
  const { position } = await ask();
  await chain.send({}, ...Array.from({ length: 130 }, (_, i) => viewed(`m-${i}`)));
  const { events, skipped } = await ask(position);
  expect([events.length, skipped]).toEqual([100, 30]);
  expect(JSON.parse(events.at(-1)?.raw ?? '').messageId).toBe('m-129');
});

it.each(['x', '{}x', '{"0":"-1"}', '{"0":"1; DROP TABLE"}', '[]'])(
  'refuses the position %s',
  async (after) => {
    const reply = await chain.ask(`/api/live?after=${encodeURIComponent(after)}`);
    expect(errorOf(reply)).toMatchObject({ status: 400, code: 'invalid_parameter' });
  },
);
