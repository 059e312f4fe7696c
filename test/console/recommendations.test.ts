/** The page that tries recommendations: a person and a visitor, several ways side by side. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCatalogue } from '../../local/demo/load-catalogue.ts';
import { type Console, expectAccessible, openConsole, send } from './console.ts';

let console: Console;
beforeAll(async () => {
  console = await openConsole();
  await loadCatalogue(console.host);
  await send(console.host, {
    type: 'track',
    event: 'Product Viewed',
    userId: 'ada',
    messageId: 'v-1',
    properties: { product_id: 'lamps-2', name: 'Desk lamp', category: 'lamps', price: 49.5 },
  });
});
afterAll(() => console[Symbol.asyncDispose]());

it('compares ways for a person, says why each item is there, and follows the filters', async () => {
  const page = await console.open('/recommendations');
  await page.getByText('Whom shall it be for?').waitFor();
  await expectAccessible(page);
  await page.getByLabel('User id, anonymous id or profile id').fill('ada');
  await page.getByRole('button', { name: 'Show' }).click();
  const served = page.getByRole('region', { name: 'As served' });
  await served.getByText('Of the same kind, and near in price').first().waitFor();
  expect(await served.getByRole('listitem').count()).toBe(8);
  expect(await served.getByText('Desk lamp').count()).toBe(0);
  await page.getByText('Rests on: lamps-2').waitFor();
  await page.getByRole('region', { name: 'Neighbours' }).getByText('Nothing to go on').waitFor();
  await expectAccessible(page);
  await page.getByRole('combobox', { name: 'Category' }).click();
  await page.getByRole('option', { name: 'garden' }).click();
  await served.getByText('garden 8').waitFor();
  expect(page.url()).toBe(`${console.host.url}/recommendations/ada`);
  await page.close();
});

it('shows a person what they would be shown', async () => {
  const page = await console.open('/people/ada');
  await page.getByRole('tab', { name: 'Recommendations' }).click();
  const served = page.getByRole('region', { name: 'As served' });
  await served.getByRole('listitem').first().waitFor();
  expect(await served.getByRole('listitem').count()).toBe(8);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Compare with other ways' }).click();
  await page.getByRole('region', { name: 'Popular' }).waitFor();
  await page.close();
});

it('tries a visitor who looked at items', async () => {
  const page = await console.open('/recommendations');
  await page.getByText('A visitor', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Items looked at' }).fill('kettle');
  await page.getByRole('option', { name: 'Kettle' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox').waitFor({ state: 'hidden' });
  const similar = page.getByRole('region', { name: 'Similar products' });
  await similar.getByRole('listitem').first().waitFor();
  await similar.getByText('kitchen 8').waitFor();
  expect(await similar.getByRole('listitem').count()).toBe(8);
  await expectAccessible(page);
  await page.close();
});

it('says when nobody is known by an id, fits a phone, and breaks no rule', async () => {
  const page = await console.open('/recommendations/nobody-at-all');
  await page.getByText('No profile is known by this id.').waitFor();
  await page.setViewportSize({ width: 380, height: 700 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  expect(console.troubles).toEqual([]);
});
