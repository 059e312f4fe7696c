/** A copy of everything: it holds whatever was said of a person, wherever it is stored, and nothing of anybody else. */
import { expect, it } from 'vitest';
import type { Rule } from '../../domain/segments/rule.ts';
import { sayRule } from '../../domain/segments/words.ts';
import { packageReply } from '../../functions/api/privacy/package.ts';
import { retention } from '../../functions/retention.ts';
import { packagePage } from '../../local/package/page.ts';
import { NOW, type TestChain, testChain } from '../api/chain.ts';
import { errorOf, valueOf } from '../api/reply.ts';

const MINUTE = 60_000;
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * MINUTE).toISOString();

/** Marks of one person, each in another field and so in another store. */
const marks = (who: string) => ({
  userId: `${who}-user`,
  anonymousId: `${who}-device`,
  name: `${who}-name`,
  plan: `${who}-plan`,
  color: `${who}-color`,
  page: `${who}-page`,
  campaign: `${who}-campaign`,
  wording: `${who}-wording`,
  refused: `${who}-refused`,
});

async function live(chain: TestChain, who: string): Promise<ReturnType<typeof marks>> {
  const own = marks(who);
  const page = { trust: 'public', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } as const;
  const { anonymousId, userId } = own;
  await chain.send(page, {
    type: 'page',
    messageId: `${who}-1`,
    anonymousId,
    timestamp: at(9),
    context: { page: { url: `https://shop.example/${own.page}` }, campaign: { name: own.campaign } },
  });
  await chain.send(
    {},
    {
      type: 'identify',
      messageId: `${who}-2`,
      anonymousId,
      userId,
      timestamp: at(8),
      traits: { name: own.name, plan: own.plan },
      context: { consent: { email: true, wording: own.wording } },
    },
    {
      type: 'track',
      event: 'Product Viewed',
      messageId: `${who}-3`,
      userId,
      timestamp: at(7),
      properties: { product_id: 'lamp', color: own.color },
    },
    { type: 'trakc', event: own.refused, messageId: `${who}-4`, userId },
  );
  return own;
}

const packageOf = async (chain: TestChain, id: string, query = '') =>
  valueOf(await chain.ask(`/api/profiles/${id}/export${query}`), packageReply);

it('holds every mark of the person and none of another', async () => {
  using chain = await testChain();
  const rule = { all: [{ kind: 'count', of: 'productViews', days: 7, op: 'gte', value: 1 }] };
  await chain.ask('/api/segments', { method: 'POST', body: JSON.stringify({ name: 'Lookers', rule }) });
  const ada = await live(chain, 'ada');
  const bob = await live(chain, 'bob');
  // Of two people: it is nobody's alone.
  await chain.send({}, { type: 'trakc', event: 'both', userId: bob.userId, anonymousId: ada.anonymousId });
  const found = await packageOf(chain, ada.userId);
  const text = JSON.stringify(found);
  for (const mark of Object.values(ada)) expect(text).toContain(mark);
  for (const mark of Object.values(bob)) expect(text).not.toContain(mark);
  expect(text).not.toContain('bob');
  expect(found).toMatchObject({
    ids: { userIds: [ada.userId], anonymousIds: [ada.anonymousId] },
    consent: { email: { granted: true } },
    segments: [{ name: 'Lookers', rule: { en: 'products seen in the last 7 days is at least 1' } }],
    refused: [{ reason: 'invalid_type' }],
    scores: { reason: 'no_model' },
    recipients: [],
  });
  expect(found.events.map(({ messageId }) => messageId)).toEqual(['ada-3', 'ada-2', 'ada-1']);
  expect((await packageOf(chain, ada.userId, `?before=${encodeURIComponent(at(8))}`)).events).toHaveLength(1);

  const html = packagePage({ ...found, madeAt: '<script>alert(1)</script>"\'' });
  for (const mark of Object.values(ada)) expect(html).toContain(mark);
  expect(html).not.toMatch(/<script|javascript:|\son\w+=|<(?:img|link|iframe)/i);
});

it('is for those who answer people, and is in the audit log', async () => {
  using chain = await testChain();
  const { userId } = await live(chain, 'ada');
  const made = await chain.ask('/api/keys', {
    method: 'POST',
    body: JSON.stringify({ source: 'x', kind: 'secret', role: 'marketer' }),
  });
  const key = /"key":"([^"]+)"/.exec(String(made.body))?.[1];
  expect(errorOf(await chain.ask(`/api/profiles/${userId}/export`, { key }))).toMatchObject({
    code: 'forbidden',
    message: 'This needs the role admin or privacy; yours is marketer.',
  });
  expect(errorOf(await chain.ask('/api/profiles/nobody/export')).code).toBe('unknown_profile');
  await packageOf(chain, userId);
  expect((await chain.ask(`/api/audit?subject=${userId}`)).body).toContain('exportProfile');
});

it('says how long each store keeps what', () => {
  const personal = retention.filter((one) => one.personal);
  expect(personal.length).toBeGreaterThan(10);
  expect(retention).toContainEqual(expect.objectContaining({ store: 'folder:quarantine', days: 90 }));
  expect(retention).toContainEqual(expect.objectContaining({ store: 'table:access', days: 400 }));
});

it('says rules in words of both languages', () => {
  const rule: Rule = {
    any: [
      { not: { kind: 'trait', name: 'plan', op: 'in', value: ['club', 'gold'] } },
      {
        all: [
          { kind: 'score', of: 'churn', op: 'gt', value: 0.5 },
          { kind: 'since', of: 'lastOrder', op: 'lt', value: 9 },
        ],
      },
      { kind: 'attribute', name: 'country', op: 'exists', value: true },
    ],
  };
  expect(sayRule(rule, 'en')).toBe(
    'not (plan is one of club, gold) or (estimated chance of not coming back (0 to 1) is above 0.5 and days since the last order is below 9) or country is known',
  );
  expect(sayRule(rule, 'zh')).toBe(
    '不满足（plan属于 club, gold），或者(不再回访的估计概率（0 到 1）大于 0.5，并且距上次下单的天数小于 9)，或者country已知',
  );
  expect(sayRule({ all: [] }, 'en')).toBe('everybody');
});
