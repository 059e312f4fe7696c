/** What the pages about the chain ask for: the map, what came in, and what a million events cost. */
import { expect, it } from 'vitest';
import { costReply } from '../../functions/api/cost/cost.ts';
import { chainReply } from '../../functions/api/map.ts';
import { pipelineReply } from '../../functions/api/pipeline.ts';
import { functionNames } from '../../functions/chain.ts';
import { NOW, testChain } from './chain.ts';
import { valueOf } from './reply.ts';

const MINUTE = 60_000;

it('gives the map as it is', async () => {
  using chain = await testChain();
  const { functions } = valueOf(await chain.ask('/api/chain'), chainReply);
  expect(functions.map(({ name }) => name)).toEqual(functionNames);
  expect(functions.find(({ name }) => name === 'clean')).toMatchObject({
    trigger: { kind: 'stream', stream: 'clickstream' },
    writes: expect.arrayContaining(['stream:events', 'folder:quarantine']),
  });
});

it('counts the minutes of the last hour, and none of another tenant', async () => {
  using chain = await testChain();
  const call = (messageId: string) => ({ type: 'track', event: 'Looked', userId: 'u-1', messageId });
  await chain.send({ receivedAt: NOW - 61 * MINUTE }, call('old'));
  await chain.send({ receivedAt: NOW - 60 * MINUTE }, call('a'));
  await chain.send({ receivedAt: NOW }, call('b'), call('b'), { type: 'track', userId: 'u-1' });
  const minutesOf = async (key: string) =>
    valueOf(await chain.ask('/api/pipeline', { key }), pipelineReply).minutes;
  const minutes = await minutesOf(chain.keys.secret);
  expect(minutes).toHaveLength(61);
  expect(minutes[0]).toMatchObject({
    at: new Date(NOW - 60 * MINUTE).toISOString(),
    accepted: 1,
    applied: 1,
  });
  expect(minutes[60]).toMatchObject({ accepted: 3, applied: 1, duplicates: 1, quarantined: 1 });
  expect(minutes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(4);
  expect((await minutesOf(chain.keys.stranger)).every(({ accepted }) => accepted === 0)).toBe(true);
});

it('prices the counted work, part by part', async () => {
  using chain = await testChain();
  const { cases } = valueOf(await chain.ask('/api/pipeline/cost'), costReply);
  expect(cases.map(({ perRequest, streams }) => `${perRequest} ${streams}`)).toEqual([
    '20 on demand',
    '20 provisioned',
    '50 on demand',
    '50 provisioned',
  ]);
  for (const { dollars, total } of cases) {
    expect(Object.values(dollars).reduce((sum, part) => sum + part, 0)).toBeCloseTo(total);
    expect(total).toBeGreaterThan(0.2);
    expect(total).toBeLessThan(0.5);
  }
  expect(cases[0]?.dollars.api).toBeCloseTo(0.05);
});
