/** Ledger and pipeline as the chain behind the API keeps them. */
import { expect, it } from 'vitest';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { pipelineReply } from '../../functions/api/pipeline.ts';
import { NOW, type TestChain, testChain } from './chain.ts';
import { valueOf } from './reply.ts';

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const call = (fields: object): object => ({ type: 'track', event: 'Looked', userId: 'u-1', ...fields });

const books = async (chain: TestChain, query = '', key = chain.keys.secret) =>
  valueOf(await chain.ask(`/api/ledger${query}`, { key }), ledgerReply);

it('accounts for every event, and says whether the books balance', async () => {
  using chain = await testChain();
  await chain.send(
    {},
    call({ messageId: 'a' }),
    call({ messageId: 'a' }),
    call({ messageId: 'b', userId: 'null' }),
    call({ messageId: 'c', event: '' }),
    call({ messageId: 'd', context: { consent: { categoryPreferences: { analytics: false } } } }),
  );
  await chain.send({ source: 'server' }, call({ messageId: 'e' }));
  expect(await books(chain)).toEqual({
    totals: { accepted: 6, applied: 2, duplicates: 1, quarantined: 2, suppressed: 1 },
    quarantined: { junk_id: 1, missing_event: 1 },
    suppressed: { consent_denied: 1 },
    inFlight: 0,
    balanced: true,
    sources: [
      { source: 'server', accepted: 1, applied: 1, duplicates: 0, quarantined: 0, suppressed: 0 },
      { source: 'web', accepted: 5, applied: 1, duplicates: 1, quarantined: 2, suppressed: 1 },
    ],
  });
  expect((await books(chain, '', chain.keys.stranger)).totals.accepted).toBe(0);
});

it('widens the range to whole hours, so that reasons and totals tell of the same events', async () => {
  using chain = await testChain();
  await chain.send({ receivedAt: NOW - HOUR }, call({ messageId: 'a', userId: 'null' }));
  await chain.send({ receivedAt: NOW + 60_000 }, call({ messageId: 'b', userId: 'null' }));
  const found = await books(chain, `?from=${iso(NOW + 10 * 60_000)}&to=${iso(NOW + 20 * 60_000)}`);
  expect(found).toMatchObject({
    from: iso(NOW),
    to: iso(NOW + HOUR),
    totals: { accepted: 1, quarantined: 1 },
    quarantined: { junk_id: 1 },
  });
  expect((await books(chain, `?to=${iso(NOW)}`)).totals.accepted).toBe(1);
});

it('shows how far each function is, from what it did last', async () => {
  using chain = await testChain();
  await chain.send({}, call({ messageId: 'a' }));
  const { at, functions } = valueOf(await chain.ask('/api/pipeline'), pipelineReply);
  expect(at).toBe(iso(NOW));
  expect(functions).toMatchObject([
    { function: 'clean', stream: 'clickstream', secondsBehind: 0, shards: [{ lastRecordAt: iso(NOW) }] },
    { function: 'features', stream: 'events', secondsBehind: 0, shards: [{ lastDoneAt: iso(NOW) }] },
  ]);
  expect(functions[0]).not.toHaveProperty('waiting');
});

it('counts what waits where the host can tell', async () => {
  const place = { function: 'archive', stream: 'events' } as const;
  using chain = await testChain({
    pending: () => [
      { ...place, shard: '0', records: 3, oldest: NOW - 5000 },
      { ...place, shard: '1', records: 0, oldest: undefined },
    ],
  });
  const { functions } = valueOf(await chain.ask('/api/pipeline'), pipelineReply);
  expect(functions).toEqual([
    {
      ...place,
      secondsBehind: 5,
      waiting: 3,
      shards: [
        { shard: '0', secondsBehind: 5, waiting: 3 },
        { shard: '1', secondsBehind: 0, waiting: 0 },
      ],
    },
  ]);
});
