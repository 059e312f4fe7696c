/** The page of segments: made from a rule with a live count, taken ready-made, compared, deleted. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, expectAccessible, openConsole, send } from './console.ts';

let console: Console;
beforeAll(async () => {
  console = await openConsole();
  const orders = Array.from({ length: 40 }, (_, i) => ({
    type: 'track',
    event: 'Order Completed',
    userId: `u-${i}`,
    messageId: `o-${i}`,
    properties: { order_id: `o-${i}`, revenue: 20 },
  }));
  await send(console.host, ...orders);
});
afterAll(() => console[Symbol.asyncDispose]());

it('makes a segment from a rule, counts while it is edited, and shows it in the list', async () => {
  const page = await console.open('/segments');
  await page.getByText('No segment yet').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New segment' }).click();
  const panel = page.getByRole('dialog');
  await panel.getByText('40 (100%)').waitFor();
  await panel.getByLabel('Value').fill('2');
  await panel.getByText('fewer than 25').waitFor();
  await panel.getByLabel('Value').fill('1');
  await panel.getByText('40 (100%)').waitFor();
  await expectAccessible(page);
  await panel.getByLabel('Name', { exact: true }).fill('Buyers');
  await panel.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'Buyers' }).waitFor();
  await page.close();
});

it('takes a ready-made one, compares, exports, and deletes after asking', async () => {
  const page = await console.open('/segments');
  await page.getByRole('tab', { name: 'Ready-made' }).click();
  await page.getByRole('button', { name: 'Use: Low frequency' }).click();
  await page.getByRole('button', { name: 'In use: Low frequency' }).waitFor();
  await page.getByRole('tab', { name: 'Overlap' }).click();
  await page.getByRole('cell', { name: '100%' }).first().waitFor();
  expect(await page.getByRole('cell', { name: '100%' }).count()).toBe(4);
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Segments' }).click();
  const row = page.getByRole('row', { name: /Buyers/ });
  const saved = page.waitForEvent('download');
  await row.getByRole('button', { name: 'Export CSV' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^segment-[0-9a-f]{16}\.csv$/);
  await row.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 380, height: 700 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  expect(console.troubles).toEqual([]);
  await page.close();
});
