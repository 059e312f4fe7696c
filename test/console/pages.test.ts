/** What each page is for, done in a real browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, expectAccessible, expectVisible, openConsole, send } from './console.ts';

let console: Console;
beforeAll(async () => {
  console = await openConsole();
  await send(
    console.host,
    { type: 'identify', userId: 'ada', messageId: 'i-1', traits: { name: 'Ada Lovelace' } },
    {
      type: 'track',
      event: 'Product Viewed',
      userId: 'ada',
      messageId: 'v-1',
      properties: { product_id: 'p-1', name: 'Teapot', category: 'kitchen', price: 20 },
    },
  );
});
afterAll(() => console[Symbol.asyncDispose]());

it('lets in by the link, and does not keep the link in the address', async () => {
  const page = await console.open('/');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Live');
  expect(page.url()).toBe(`${console.host.url}/`);
});

/** What the first page may take over the network, compressed. */
const FIRST_LOAD = 250_000;

it('loads its first page with less than 250 kB, and heavy parts when they are asked for', async () => {
  const context = await console.anonymous();
  const page = await context.newPage();
  const loaded = (): Promise<number> =>
    page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter((entry) => entry instanceof PerformanceResourceTiming)
        .filter(({ name }) => !name.includes('/api/'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    );
  await page.goto(await console.host.loginLink());
  await expectVisible(page.getByText('events/s'));
  const first = await loaded();
  expect(first).toBeGreaterThan(50_000);
  expect(first).toBeLessThan(FIRST_LOAD);
  await page.getByRole('link', { name: 'Segments' }).click();
  await expectVisible(page.getByText('No segment yet'));
  expect(await loaded()).toBeGreaterThan(first + 10_000);
  await context.close();
});

it('asks a stranger to log in, and takes a secret key', async () => {
  const context = await console.anonymous();
  const page = await context.newPage();
  await page.goto(`${console.host.url}/people`);
  await expectVisible(page.getByRole('heading', { name: 'Log in' }));
  await expectAccessible(page);
  await page.getByLabel('Secret key').fill('sk_nothing-of-ours');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expectVisible(page.getByText('This key is not known'));
  await page.getByLabel('Secret key').fill(console.host.secretKey);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expectVisible(page.getByRole('heading', { name: 'People' }));
  await page.getByRole('button', { name: 'Log out' }).click();
  await expectVisible(page.getByRole('heading', { name: 'Log in' }));
  await context.close();
});

it('says that a link was used', async () => {
  const link = await console.host.loginLink();
  for (const heading of ['Live', 'Log in']) {
    const context = await console.anonymous();
    const page = await context.newPage();
    await page.goto(link);
    await expectVisible(page.getByRole('heading', { level: 1, name: heading }));
    await context.close();
  }
});

describe('Live', () => {
  it('shows an event within moments, raw and cleaned, and leads to the person', async () => {
    const page = await console.open('/');
    await expectVisible(page.getByText('Waiting for events'));
    await expectVisible(page.getByText('events/s'));
    await console.host.send(
      '/v1/track',
      JSON.stringify({
        event: 'Product Viewed',
        userId: 'ada',
        messageId: 's-1',
        properties: { product_id: ' Aria ' },
      }),
    );
    await page.getByRole('button', { name: 'Product Viewed' }).click();
    await expectVisible(page.getByRole('region', { name: 'As it came' }).getByText('" Aria "'));
    await expectVisible(page.getByRole('region', { name: 'After cleaning' }).getByText('"no_timestamp"'));
    await page.getByRole('link', { name: 'Show this person' }).click();
    await expectVisible(page.getByRole('heading', { name: 'Ada Lovelace' }));
    await page.close();
  });

  it('says why an event was refused, and finds it by the filter', async () => {
    const page = await console.open('/');
    await expectVisible(page.getByText('events/s'));
    await console.host.send(
      '/v1/batch',
      JSON.stringify({
        batch: [
          { type: 'track', userId: 'ada' },
          { type: 'page', userId: 'ada' },
        ],
      }),
    );
    await page.getByText('Quarantined', { exact: true }).first().click();
    await page.getByRole('button', { name: 'missing_event' }).click();
    await expectVisible(page.getByText('Reason: missing_event'));
    await expectAccessible(page);
    await page.close();
  });
});

describe('People', () => {
  it('finds a person by any id, and shows what happens as it happens', async () => {
    const page = await console.open('/people');
    await page.getByLabel('Any id of the person').fill('ada');
    await page.getByRole('button', { name: 'Find' }).click();
    await expectVisible(page.getByRole('heading', { name: 'Ada Lovelace' }));
    await page.getByRole('tab', { name: 'Profile' }).click();
    await expectVisible(page.getByText('kitchen'));
    await console.host.send(
      '/v1/track',
      JSON.stringify({
        event: 'Product Viewed',
        userId: 'ada',
        messageId: 'v-2',
        properties: { product_id: 'p-2', category: 'garden' },
      }),
    );
    await expectVisible(page.getByText('garden'));
    for (const tab of ['Timeline', 'Scores', 'Consent', 'Identities']) {
      await page.getByRole('tab', { name: tab }).click();
      await expectVisible(page.getByRole('tabpanel', { name: tab }));
      await expectAccessible(page);
    }
    await page.close();
  });

  it('says when nobody is known, and what to do', async () => {
    const page = await console.open('/people/nobody%20at%20all');
    await expectVisible(page.getByText('Nobody is known by this id'));
    await page.close();
  });
});

describe('Sources and keys', () => {
  it('makes a key that works, and ends it', async () => {
    const page = await console.open('/sources');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Source' }).fill('till');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = (await page.getByRole('dialog').getByText(/^wk_/).textContent()) ?? '';
    const sent = (): Promise<Response> =>
      fetch(`${console.host.url}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${key}:`)}` },
        body: JSON.stringify({ event: 'Sold', userId: 'bob' }),
      });
    expect((await sent()).status).toBe(200);
    await page.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('row', { name: 'till' });
    await row.getByRole('button', { name: 'End' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await expectVisible(row.getByText('ended'));
    await expectAccessible(page);
    await page.close();
  });
});

describe('Settings', () => {
  it('lets a viewer in, who sees no keys, and says so in the audit log', async () => {
    const page = await console.open('/settings');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = (await page.getByText(/#login=/).textContent()) ?? '';
    const context = await console.anonymous();
    const viewer = await context.newPage();
    await viewer.goto(link);
    await expectVisible(viewer.getByRole('heading', { level: 1, name: 'Live' }));
    await viewer.goto(`${console.host.url}/sources`);
    await viewer.getByText('This needs the role admin; yours is viewer.').waitFor();
    await context.close();
    await page.reload();
    await expectVisible(page.getByRole('cell', { name: 'makeLogin' }).first());
    await expectAccessible(page);
    await page.close();
  });
});

it('speaks Chinese, and keeps to it', async () => {
  const page = await console.open('/people');
  await page.getByRole('button', { name: '中文' }).click();
  await expectVisible(page.getByRole('heading', { level: 1, name: '客户' }));
  await page.reload();
  await expectVisible(page.getByRole('heading', { level: 1, name: '客户' }));
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
  await page.getByRole('button', { name: 'English' }).click();
  await page.close();
});

it('is readable in the dark and on a phone', async () => {
  const context = await console.anonymous({ colorScheme: 'dark', viewport: { width: 380, height: 760 } });
  const page = await context.newPage();
  await page.goto(await console.host.loginLink());
  for (const path of ['/', '/people/ada', '/sources', '/settings']) {
    await page.goto(`${console.host.url}${path}`);
    await expectVisible(page.getByRole('heading', { level: 1 }));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
    await expectAccessible(page);
  }
  await context.close();
});

it('broke no rule on the way', () => {
  expect(console.troubles).toEqual([]);
});
