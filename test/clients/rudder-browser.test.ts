/** RudderStack's browser SDK as it is, in a real browser, on a page of another origin, with only the addresses changed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { expectAllApplied, personOf, recentOf } from './known.ts';
import { packaged, type Shop, startShop, type Visit } from './shop.ts';

let host: TestHost;
let shop: Shop;
beforeAll(async () => {
  host = await startTestHost();
  shop = await startShop({
    host: host.url,
    scripts: { '/sdk.js': packaged('@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js') },
  });
});
afterAll(async () => {
  await shop.stop();
  await host.remove();
});

/** A page with the SDK from the package, loaded with a key of its own and ready. */
async function open(source: string, { rate = 1000, options = {} } = {}): Promise<Visit> {
  const writeKey = await host.addKey({ kind: 'public', source, eventsPerSecond: rate });
  const settings = JSON.stringify({ configUrl: host.url, ...options });
  const visit = await shop.visit(`<script src="/sdk.js"></script><script>
    const analytics = new rudderanalytics.RudderAnalytics();
    analytics.load('${writeKey}', '${host.url}', ${settings});
  </script>`);
  await visit.page.evaluate('new Promise((done) => analytics.ready(done))');
  return visit;
}

test.each([
  { delivery: 'one by one, its default', source: 'singles', userId: 'ada', options: {} },
  {
    delivery: 'in batches',
    source: 'batches',
    userId: 'bob',
    options: { queueOptions: { batch: { enabled: true, maxItems: 5 } } },
  },
])('what a visitor did before and after logging in is one profile: $delivery', async (row) => {
  const { userId, source, options } = row;
  const { page, troubles } = await open(source, { options });
  const anonymousId = await page.evaluate(`
    analytics.page('Docs', 'Start');
    analytics.track('Product Viewed', { product_id: 'p-1', category: 'Lamps', price: 12.5 });
    analytics.identify('${userId}', { plan: 'gold', logins: 3 });
    analytics.group('acme', { seats: 7 });
    analytics.alias('${userId}', '${userId}-newsletter');
    analytics.getAnonymousId();
  `);

  await expectAllApplied(host, source, 5);
  expect(troubles).toEqual([]);
  const person = await personOf(host, userId);
  expect(person.static).toMatchObject({
    traits: { plan: 'gold', logins: 3 },
    attributes: { locale: 'it-IT', 'device.browser': 'Chrome' },
    userIds: [userId],
  });
  expect(person.static.anonymousIds).toContain(anonymousId);
  expect(person.dynamic).toMatchObject({ events: 5, totals: { pageViews: 1, productViews: 1 } });
  expect(recentOf(person).sort()).toEqual([
    'alias',
    'group',
    'identify',
    'page Start',
    'track Product Viewed',
  ]);
});

test('what waits when the page is left arrives by beacon', async () => {
  const { page, troubles } = await open('leaving', { options: { useBeacon: true } });
  await page.evaluate(`analytics.identify('eve', { plan: 'tin' }); analytics.track('Left');`);
  await page.goto('about:blank');

  await expectAllApplied(host, 'leaving', 2);
  expect(troubles).toEqual([]);
  const person = await personOf(host, 'eve');
  expect(person.static.traits).toEqual({ plan: 'tin' });
  expect(recentOf(person).sort()).toEqual(['identify', 'track Left']);
});

test('events beyond the rate of the key come later, each once', async () => {
  const { page, troubles } = await open('slow', { rate: 0.5 });
  await page.evaluate(`for (let n = 0; n < 6; n++) analytics.track('Clicked', { n })`);

  await expectAllApplied(host, 'slow', 6);
  expect(troubles).toContainEqual(expect.stringContaining('429'));
});
