/** Events under way while their person is suppressed count once, whichever of their copies comes first. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { subjectOf } from '../../domain/vault/subject.ts';
import { suppress, unsuppress } from '../../domain/vault/suppression.ts';
import { ledgerReply } from '../../functions/api/ledger.ts';
import { NOW, SECRET, type TestChain, testChain } from '../api/chain.ts';
import { valueOf } from '../api/reply.ts';

let chain: TestChain;
beforeEach(async () => {
  chain = await testChain();
});
afterEach(() => chain[Symbol.dispose]());

const ada = [subjectOf(SECRET, 'test', 'user', 'ada')];
const books = async (): Promise<unknown> => valueOf(await chain.ask('/api/ledger'), ledgerReply);
const known = async (): Promise<number> => (await chain.ask('/api/profiles/ada')).status;
const seen = (n: number): object => ({ type: 'track', event: 'Seen', userId: 'ada', messageId: `m-${n}` });
const broken = { type: 'nonsense', userId: 'ada', messageId: 'm-9' };

test('what was counted before changes no book when cleaning gets it again', async () => {
  await chain.send({}, seen(1), seen(2), broken);
  const before = await books();
  expect(before).toMatchObject({ totals: { accepted: 3, applied: 2, quarantined: 1 } });
  await suppress(chain.suppression, 'test', ada, { reason: 'objected', now: NOW });
  await chain.redeliver('clean');
  await chain.deliver();
  expect(await books()).toEqual(before);
});

test('what comes first after the suppression counts as suppressed, once', async () => {
  await suppress(chain.suppression, 'test', ada, { reason: 'objected', now: NOW });
  await chain.send({}, seen(1), seen(1), broken);
  const before = await books();
  expect(before).toMatchObject({ totals: { accepted: 3, applied: 0, suppressed: 3, quarantined: 0 } });
  expect(await known()).toBe(404);
  await chain.redeliver('clean');
  await chain.redeliver('features');
  await unsuppress(chain.suppression, 'test', ada);
  // A copy that was let through only now is one of an event that was counted.
  await chain.redeliver('clean');
  await chain.deliver();
  expect(await books()).toEqual(before);
  expect(await known()).toBe(404);
});
