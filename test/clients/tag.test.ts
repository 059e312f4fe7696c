/** Our own tag as a shop gets it: the snippet in a page of another origin, the script from the host itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snippet } from '../../web/tag/snippet.ts';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { expectAllApplied, personOf, recentOf } from './known.ts';
import { type Shop, startShop, type Visit } from './shop.ts';

let host: TestHost;
let shop: Shop;
beforeAll(async () => {
  host = await startTestHost();
  shop = await startShop({ host: host.url });
});
afterAll(async () => {
  await shop.stop();
  await host.remove();
});

/** A page with the snippet and a key of its own. */
async function open(source: string): Promise<Visit> {
  const writeKey = await host.addKey({ kind: 'public', source });
  return shop.visit(snippet({ origin: host.url, writeKey }));
}

const anonymousIdOf = ({ page }: Visit): Promise<string> =>
  page.evaluate('new Promise((done) => wellspring.ready(() => done(wellspring.user().anonymousId())))');

test('what a visitor does without logging in is a profile under the anonymous id', async () => {
  const visit = await open('passing');
  await visit.page.evaluate(
    `wellspring.track('Product Viewed', { product_id: 'p-1', category: 'Lamps', price: 12.5 })`,
  );
  const anonymousId = await anonymousIdOf(visit);

  await expectAllApplied(host, 'passing', 2);
  expect(visit.troubles).toEqual([]);
  const person = await personOf(host, anonymousId);
  expect(person.static).toMatchObject({ userIds: [], anonymousIds: [anonymousId] });
  expect(person.dynamic).toMatchObject({ events: 2, totals: { pageViews: 1, productViews: 1 } });
  expect(recentOf(person).sort()).toEqual(['page', 'track Product Viewed']);
});

test('what a visitor did before and after logging in is one profile', async () => {
  const visit = await open('visits');
  await visit.page.evaluate(`
    wellspring.identify('ada', { plan: 'gold', logins: 3 });
    wellspring.group('acme', { seats: 7 });
    wellspring.alias('ada', 'newsletter-7');
    wellspring.consent({ analytics: true, email: false });
  `);
  const anonymousId = await anonymousIdOf(visit);

  await expectAllApplied(host, 'visits', 5);
  expect(visit.troubles).toEqual([]);
  const person = await personOf(host, 'ada');
  expect(await personOf(host, anonymousId)).toEqual(person);
  expect(person.static).toMatchObject({
    traits: { plan: 'gold', logins: 3 },
    attributes: { locale: 'it-IT', timezone: 'Europe/Rome', 'device.browser': 'Chrome' },
    userIds: ['ada'],
  });
  expect(person.consent).toMatchObject({ analytics: { granted: true }, email: { granted: false } });
  expect(recentOf(person).sort()).toEqual(['alias', 'group', 'identify', 'page', 'track Consent Updated']);
});

test('what was called as the page was left arrives', async () => {
  const visit = await open('leaving');
  const anonymousId = await anonymousIdOf(visit);
  await visit.page.evaluate(`wellspring.track('Left'); location.href = 'about:blank';`);

  await expectAllApplied(host, 'leaving', 2);
  expect(recentOf(await personOf(host, anonymousId)).sort()).toEqual(['page', 'track Left']);
});

test('a page can read how long a key that sends too fast must wait', async () => {
  const writeKey = await host.addKey({ kind: 'public', source: 'slow', eventsPerSecond: 0.1 });
  const { page } = await shop.visit('');
  const answer = await page.evaluate(
    async ([url, key]) => {
      const body = JSON.stringify({ writeKey: key, userId: 'eve', event: 'Clicked' });
      const post = (): Promise<Response> => fetch(`${url}/v1/track`, { method: 'POST', body });
      await post();
      const { status, headers } = await post();
      return { status, after: headers.get('retry-after') };
    },
    [host.url, writeKey] as const,
  );
  expect(answer).toEqual({ status: 429, after: expect.stringMatching(/^(?:9|10)$/) });
});
