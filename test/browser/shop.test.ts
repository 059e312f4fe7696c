/** The demo shop in a real browser, from the first page to the survey, and what the system knows afterwards. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { loadCatalogue } from '../../local/demo/load-catalogue.ts';
import { type Console, expectAccessible, openConsole } from '../console/console.ts';
import type { TestHost } from '../fixtures/host.ts';

let opened: Console;
let host: TestHost;
let page: Page;

beforeAll(async () => {
  opened = await openConsole({ locale: 'en-US' });
  host = opened.host;
  await loadCatalogue(host);
  const context = await opened.anonymous();
  page = await context.newPage();
  await page.goto(`${host.url}/shop/`);
});
afterAll(() => opened[Symbol.asyncDispose]());

const eventsReply = z.object({
  events: z.array(
    z.object({ type: z.string(), event: z.string(), properties: z.record(z.string(), z.unknown()) }),
  ),
});

/** Everything that is known of a person, oldest first. */
async function known(id: string): Promise<z.output<typeof eventsReply>['events']> {
  await host.drain();
  const { body } = await host.get(`/api/profiles/${id}/events`);
  return eventsReply.parse(body).events.toReversed();
}

/** Asks the tag for the id of this device, and waits until everything was sent. */
async function device(): Promise<string> {
  await page.waitForFunction(
    () => !Object.keys(localStorage).some((key) => /^wellspring\.wk_.*\..+/.test(key)),
  );
  const stored = await page.evaluate(() =>
    Object.entries(localStorage).find(([key]) => /^wellspring\.wk_[\w-]+$/.test(key)),
  );
  return z.object({ anonymousId: z.string() }).parse(JSON.parse(stored?.[1] ?? '')).anonymousId;
}

it('shows products, an ad, and recommendations that nobody had to train for', async () => {
  await page.getByRole('region', { name: 'For you' }).getByRole('article').first().waitFor();
  expect(await page.getByRole('region', { name: 'For you' }).getByRole('article').count()).toBe(4);
  await page.getByRole('complementary', { name: 'Advertisement' }).waitFor();
  expect(await page.getByText('New in the shop').count()).toBe(4);
  await expectAccessible(page);
});

it('is searched, and takes an order', async () => {
  await page.getByRole('searchbox').fill('oak chair');
  await page.getByRole('heading', { name: '1 product' }).waitFor();
  await page.getByRole('link', { name: 'Oak chair' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const row = page.getByRole('region', { name: 'You may also like' });
  await row.getByText('Of the same kind, and near in price').first().waitFor();
  expect(await row.getByRole('link', { name: 'Oak chair' }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Cart (1)' }).click();
  await page.getByRole('region', { name: 'Goes with your cart' }).getByRole('article').first().waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByRole('radio', { name: '9', exact: true }).check();
  await page.getByLabel('What could be better?').fill('More chairs');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Send answers' }).click();
  await page.getByRole('status').waitFor();
});

it('has told the system all of it', async () => {
  const events = await known(await device());
  const names = events.map(({ type, event }) => (type === 'track' ? event : type));
  expect(names).toEqual(
    expect.arrayContaining([
      'page',
      'Product List Viewed',
      'Ad Impression',
      'Products Searched',
      'Product Viewed',
      'Product Added',
      'Cart Viewed',
      'Checkout Started',
      'Order Completed',
      'Survey Answered',
    ]),
  );
  expect(names.filter((name) => name === 'Product Viewed')).toHaveLength(1);
  const order = events.find(({ event }) => event === 'Order Completed');
  expect(order?.properties).toMatchObject({
    total: 149,
    products: [{ product_id: 'chairs-1', quantity: 1 }],
  });
  const answers = events
    .filter(({ event }) => event === 'Survey Answered')
    .map(({ properties }) => properties)
    // Both were given in the same millisecond.
    .sort((a, b) => `${a['kind']}`.localeCompare(`${b['kind']}`));
  expect(answers).toMatchObject([
    { kind: 'nps', score: 9 },
    { kind: 'text', comment: 'More chairs' },
  ]);
  expect(new Set(answers.map(({ response_id: id }) => id)).size).toBe(1);
  expect((await host.get('/api/quarantine')).body).toMatchObject({ items: [] });
});

it('lets a visitor be a person whom the host vouches for, and a stranger again', async () => {
  await page.getByRole('link', { name: 'Go on shopping' }).click();
  await page.getByLabel('Shop as').selectOption('Chen');
  await page.getByRole('link', { name: 'Kettle' }).first().click();
  await page.getByRole('heading', { name: 'Kettle' }).waitFor();
  await device();
  await host.drain();
  const found = z
    .object({ items: z.array(z.object({ kind: z.string() })) })
    .parse((await host.get('/api/profiles/demo-person-12')).body);
  expect(found.items.map(({ kind }) => kind)).toEqual(['user']);
  await page.getByLabel('Shop as').selectOption('Guest');
  expect(await page.evaluate(() => localStorage.getItem('wellspring.shop'))).not.toContain('demo-person');
});

it('speaks Chinese, fits a phone, and breaks no rule of the policy', async () => {
  await page.setViewportSize({ width: 380, height: 700 });
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByPlaceholder('搜索商品').waitFor();
  const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide).toBeLessThanOrEqual(shown ?? 0);
  expect(opened.troubles).toEqual([]);
});
