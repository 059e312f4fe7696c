/** Funnel, retention and campaigns in a real browser, from events that came in at the front door. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, expectAccessible, openConsole, send } from './console.ts';

const MINUTE = 60_000;
let console: Console;

/** 60 people look, 40 of them on from a mail; 30 take something; all of these check out; 28 buy. */
function shopping(now: number): object[] {
  return Array.from({ length: 60 }, (_, person) => {
    const steps = ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed'];
    const reached = person < 28 ? 4 : person < 30 ? 3 : 1;
    return steps.slice(0, reached).map((event, i) => ({
      type: 'track',
      event,
      userId: `person-${person}`,
      messageId: `${event}-${person}`,
      timestamp: new Date(now - (10 - i) * MINUTE).toISOString(),
      properties: {
        product_id: 'p-1',
        category: 'kitchen',
        ...(i === 3 && { order_id: `o-${person}`, revenue: 20, currency: 'USD' }),
      },
      context: person < 40 ? { campaign: { source: 'mail', medium: 'email', name: 'spring' } } : {},
    }));
  }).flat();
}

beforeAll(async () => {
  console = await openConsole();
  await send(console.host, ...shopping(Date.now()));
});
afterAll(() => console[Symbol.asyncDispose]());

it('opens with the funnel of a shop, and follows what is changed', async () => {
  const page = await console.open('/funnel');
  const bars = page.getByRole('list').filter({ hasText: 'Order Completed' }).getByRole('listitem');
  await bars.filter({ hasText: 'Product Viewed' }).getByText('60 people').waitFor();
  await bars.filter({ hasText: 'Product Added' }).getByText('50% of the step before').waitFor();
  await bars.filter({ hasText: 'Order Completed' }).getByText('30 people').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Remove step 2').click();
  await bars.filter({ hasText: 'Checkout Started' }).getByText('50% of the step before').waitFor();
  await page.getByLabel('Add a filter to step 1').click();
  await page.getByLabel('property', { exact: true }).fill('category');
  await page.getByLabel('equals').fill('garden');
  await page.getByText('Too few people did the first step').waitFor();
  await page.getByLabel('equals').fill('kitchen');
  await page.getByRole('combobox', { name: 'Break down by' }).click();
  await page.getByRole('option', { name: 'campaign', exact: true }).click();
  const groups = page.getByRole('region', { name: 'By group' });
  await groups.getByRole('row', { name: /spring 40 \(100%\)/ }).waitFor();
  await expectAccessible(page);
  await page.close();
});

it('shows newcomers and campaigns, and nothing of a few', async () => {
  const page = await console.open('/funnel');
  await page.getByRole('tab', { name: 'Retention' }).click();
  await page.getByRole('region', { name: 'Retention' }).getByRole('cell', { name: '60' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Campaigns' }).click();
  const spring = page.getByRole('row', { name: /mail email spring/ });
  await spring.waitFor();
  expect(await spring.getByRole('cell').allTextContents()).toEqual([
    'mail',
    'email',
    'spring',
    '40',
    '40',
    '30',
    '75%',
    '30',
    '560',
  ]);
  const none = await page
    .getByRole('row', { name: /no campaign/ })
    .getByRole('cell')
    .allTextContents();
  expect(none.slice(1)).toEqual(Array.from({ length: 6 }, () => '< 25'));
  await expectAccessible(page);
  await page.setViewportSize({ width: 380, height: 700 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  expect(console.troubles).toEqual([]);
});
