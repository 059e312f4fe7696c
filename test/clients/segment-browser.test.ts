/** Segment's browser SDK as it is, in a real browser, on a page of another origin, with only the host changed. */
import { build } from 'esbuild';
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
    scripts: {
      '/umd.js': packaged('@segment/analytics-next/dist/umd/index.js'),
      '/standalone.js': packaged('@segment/analytics-next/dist/umd/standalone.js'),
      '/own.js': await bundled(),
    },
  });
});
afterAll(async () => {
  await shop.stop();
  await host.remove();
});

/** A shop's own script that imports the package. */
async function bundled(): Promise<string> {
  const contents = `import { AnalyticsBrowser } from '@segment/analytics-next';
    window.loadAnalytics = (settings) => (window.analytics = AnalyticsBrowser.load(settings));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
  });
  return outputFiles.map((file) => file.text).join('');
}

/** A page with the SDK from the package, loaded with a key of its own. */
async function open(source: string, { rate = 1000, options = {} } = {}): Promise<Visit> {
  const writeKey = await host.addKey({ kind: 'public', source, eventsPerSecond: rate });
  const settings = JSON.stringify({ writeKey, cdnURL: host.url });
  return shop.visit(`<script src="/umd.js"></script><script>
    const analytics = AnalyticsNext.AnalyticsBrowser.load(${settings}, ${JSON.stringify(options)});
  </script>`);
}

const segment = (deliveryStrategy: object): object => ({
  integrations: { 'Segment.io': { deliveryStrategy } },
});

test('what a visitor did before and after logging in is one profile', async () => {
  const { page, troubles } = await open('visits');
  const anonymousId = await page.evaluate(`(async () => {
    await analytics.page('Docs', 'Start');
    await analytics.track('Product Viewed', { product_id: 'p-1', category: 'Lamps', price: 12.5 });
    await analytics.identify('ada', { plan: 'gold', logins: 3 });
    await analytics.group('acme', { seats: 7 });
    await analytics.alias('ada', 'newsletter-7');
    return (await analytics.user()).anonymousId();
  })()`);

  await expectAllApplied(host, 'visits', 5);
  expect(troubles).toEqual([]);
  const person = await personOf(host, 'ada');
  expect(person.static).toMatchObject({
    traits: { plan: 'gold', logins: 3 },
    attributes: { locale: 'it-IT', timezone: 'Europe/Rome', 'device.browser': 'Chrome' },
    userIds: ['ada'],
  });
  expect(person.static.anonymousIds).toContain(anonymousId);
  expect(person.dynamic).toMatchObject({ events: 5, totals: { pageViews: 1, productViews: 1 } });
  expect(recentOf(person)).toEqual(['page Start', 'track Product Viewed', 'identify', 'group', 'alias']);
});

test("a build of the shop's own reads the page address too", async () => {
  const writeKey = await host.addKey({ kind: 'public', source: 'own' });
  const settings = JSON.stringify({ writeKey, cdnURL: host.url });
  const { page, troubles } = await shop.visit(
    `<script src="/own.js"></script><script>loadAnalytics(${settings})</script>`,
    '?ajs_uid=max&ajs_event=Newsletter%20Clicked',
  );
  await page.evaluate(`analytics.ready()`);

  await expectAllApplied(host, 'own', 2);
  expect(troubles).toEqual([]);
  expect(recentOf(await personOf(host, 'max')).sort()).toEqual(['identify', 'track Newsletter Clicked']);
});

test('calls queued by the usual snippet arrive', async () => {
  const writeKey = await host.addKey({ kind: 'public', source: 'snippet' });
  const { page, troubles } = await shop.visit(`<script>
    const analytics = (window.analytics = [['identify', 'bob', { plan: 'iron' }], ['track', 'Queued']]);
    analytics._writeKey = '${writeKey}';
    analytics._cdn = '${host.url}';
  </script><script src="/standalone.js"></script>`);
  await page.waitForFunction('window.analytics.initialized');

  await expectAllApplied(host, 'snippet', 2);
  expect(troubles).toEqual([]);
  const person = await personOf(host, 'bob');
  expect(person.static.traits).toEqual({ plan: 'iron' });
  expect(recentOf(person)).toEqual(['identify', 'track Queued']);
});

test('a batch that waits when the page is left arrives', async () => {
  const options = segment({ strategy: 'batching', config: { size: 100, timeout: 600_000 } });
  const { page, troubles } = await open('leaving', { options });
  await page.evaluate(`(async () => {
    analytics.identify('eve', { plan: 'tin' });
    await analytics.track('Left');
  })()`);
  await page.goto('about:blank');

  await expectAllApplied(host, 'leaving', 2);
  expect(troubles).toEqual([]);
  const person = await personOf(host, 'eve');
  expect(person.static.traits).toEqual({ plan: 'tin' });
  expect(recentOf(person)).toEqual(['identify', 'track Left']);
});

test.each([
  { strategy: 'one by one', source: 'singles', options: {} },
  {
    strategy: 'in batches',
    source: 'batches',
    options: segment({ strategy: 'batching', config: { size: 1, timeout: 1 } }),
  },
])('events beyond the rate of the key come later, each once: $strategy', async ({ source, options }) => {
  const { page, troubles } = await open(source, { rate: 0.5, options });
  await page.evaluate(`for (let n = 0; n < 6; n++) analytics.track('Clicked', { n })`);

  await expectAllApplied(host, source, 6);
  expect(troubles).toContainEqual(expect.stringContaining('429'));
});
