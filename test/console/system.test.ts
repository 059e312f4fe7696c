/** The pages about the system itself: the chain with its books and refused events, and the models. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { costReply } from '../../functions/api/cost/cost.ts';
import { files } from '../../local/files.ts';
import { TENANT } from '../../local/host.ts';
import { writeWatch } from '../../models/registry/watch.ts';
import { serveTiny } from '../fixtures/models.ts';
import { type Console, expectAccessible, movedOf, openConsole, send } from './console.ts';

let console: Console;
beforeAll(async () => {
  console = await openConsole();
});
afterAll(() => console[Symbol.asyncDispose]());

const looked = (messageId: string) => ({ type: 'track', event: 'Looked', userId: 'ada', messageId });

it('draws the chain, keeps the books, and lets a refused event be mended', async () => {
  const page = await console.open('/pipeline');
  await page.getByText('No event in the last hour').waitFor();
  await expectAccessible(page);
  await send(console.host, looked('a'), looked('b'), { type: 'track', userId: 'ada', messageId: 'c' });
  await page.getByRole('img', { name: 'Events per minute, last hour: 3' }).waitFor();
  const ledger = page.getByRole('region', { name: 'Ledger' }).first();
  await ledger.getByText('The books balance').waitFor();
  await page.getByRole('region', { name: 'The chain' }).getByText('features').waitFor();
  await page.getByRole('row', { name: /^features events/ }).waitFor();
  const [first] = costReply.parse((await console.host.get('/api/pipeline/cost')).body).cases;
  await page.getByText(`$${first?.total.toFixed(2)} a million events`).waitFor();
  await expectAccessible(page);
  const moved = await movedOf(page);
  await send(console.host, looked('d'));
  await page.getByRole('img', { name: 'Events per minute, last hour: 4' }).waitFor();
  expect((await movedOf(page)) - moved).toBeLessThan(0.01);
  await page.getByRole('button', { name: 'Look: missing_event' }).click();
  const panel = page.getByRole('dialog');
  await panel.getByLabel('Event, to be mended').fill(JSON.stringify(looked('c')));
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Send again', exact: true }).click();
  await panel.getByText('1 sent again.').waitFor();
  await console.host.drain();
  const { body } = await console.host.get('/api/ledger');
  expect(body).toMatchObject({ totals: { accepted: 5, applied: 4, quarantined: 1 }, balanced: true });
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 380, height: 700 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  await page.close();
});

const calibration = {
  purchase: {
    ece: 0.02,
    luck: 0.03,
    brier: 0.1,
    table: [0.1, 0.3, 0.6].map((predicted) => ({ predicted, observed: predicted, cases: 40 })),
  },
};
const report = (passed: boolean) => ({
  calibration,
  comparison: [{ model: 'popularity', metrics: { 'MRR@20': { value: 0.2, low: 0.1, high: 0.3 } } }],
  gate: {
    passed,
    checks: [{ name: 'beats popularity', passed, value: 0.1, limit: 0, says: 'Better than popularity.' }],
  },
});

it('shows how good a model is and whether it holds, and goes back to the version before', async () => {
  const objects = new EmbeddedObjects(files.lake(console.host.data));
  const page = await console.open('/models');
  await page.getByText('No model has been trained yet').waitFor();
  const classes = { tenant: TENANT, name: 'classes' } as const;
  for (const version of ['v1', 'v2']) await serveTiny(objects, { ...classes, version, report: report(true) });
  await writeWatch(objects, classes, {
    contract: 1,
    version: 'v2',
    at: '2026-01-01T00:00:00.000Z',
    cases: 120,
    drift: [{ name: 'input.events', index: 0.3, verdict: 'large' }],
    calibration,
  });
  await page.reload();
  await page.getByText('Serves since').waitFor();
  await page
    .getByRole('region', { name: 'What the gate said' })
    .getByText('Better than popularity.')
    .waitFor();
  await page.getByRole('region', { name: 'Comparison' }).getByText('popularity').waitFor();
  await page.getByRole('img', { name: /^Calibration, purchase/ }).waitFor();
  await page.getByRole('region', { name: 'Drift' }).getByText('large', { exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Go back to the version before' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('v1 serves again in place of v2').waitFor();
  await dialog.getByRole('button', { name: 'Go back to the version before' }).click();
  await page.getByText('No earlier version has served.').waitFor();
  await page.getByText(/^Rolled back by hand/).waitFor();
  await page.setViewportSize({ width: 380, height: 700 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
  await page.close();
  expect(console.troubles).toEqual([]);
});
