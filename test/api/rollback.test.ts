/** Going back to the version that served before. */
import { expect, it } from 'vitest';
import { modelReply } from '../../functions/api/models.ts';
import { rollbackReply } from '../../functions/api/roll-back.ts';
import { serveTiny } from '../fixtures/models.ts';
import { type TestChain, testChain } from './chain.ts';
import { errorOf, valueOf } from './reply.ts';

const back = ({ ask }: TestChain, from: string, name = 'classes') =>
  ask(`/api/models/${name}/rollback`, { method: 'POST', body: JSON.stringify({ from }) });

it('goes back once, however often it is asked, and says who did it', async () => {
  using chain = await testChain();
  for (const version of ['v1', 'v2', 'v3'])
    await serveTiny(chain.objects, { tenant: 'test', name: 'classes', version, seed: 1 });
  expect(valueOf(await back(chain, 'v3'), rollbackReply)).toEqual({ name: 'classes', champion: 'v2' });
  expect(errorOf(await back(chain, 'v3')).code).toBe('changed_meanwhile');
  const { champion, serving } = valueOf(await chain.ask('/api/models/classes'), modelReply);
  expect(champion).toBe('v2');
  expect(serving).toMatchObject({ previous: ['v1'], why: expect.stringMatching(/^Rolled back by hand/) });
});

it('goes no further back than there is, and knows only models of the tenant', async () => {
  using chain = await testChain();
  await serveTiny(chain.objects, { tenant: 'test', name: 'classes', version: 'v1', seed: 1 });
  await serveTiny(chain.objects, { tenant: 'other', name: 'behaviour', version: 'v1', seed: 1 });
  expect(errorOf(await back(chain, 'v1'))).toMatchObject({ status: 409, code: 'nothing_earlier' });
  expect(errorOf(await back(chain, 'v1', 'behaviour')).code).toBe('unknown_model');
  expect(errorOf(await back(chain, ''.padEnd(3), 'classes')).code).toBe('changed_meanwhile');
});
