/** The console in a real browser: what it loads, when it can be used, and how soon a click in the shop shows in it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { loadCatalogue } from '../../../local/demo/load-catalogue.ts';
import type { Host } from '../../../local/host.ts';
import { catalogue } from '../../../web/shop/catalogue.ts';
import { launchChromium } from '../../browser/chromium.ts';
import { testFolder } from '../../fixtures/folder.ts';
import type { Figure } from '../report.ts';
import { quantile, withHost } from '../running.ts';

const LOADS = 5;
/** Between clicks, so that they fall into different moments of the pictures that the console draws, ms. */
const BETWEEN_MS = 137;
/** Headless Chromium calls itself so, and would be taken for the program it is. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Bytes over the network, compressed, without answers of the API; and when the feed said that it is connected, ms. */
async function loadOnce(context: BrowserContext, url: string): Promise<{ bytes: number; usable: number }> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('events/s').waitFor();
  const usable = await page.evaluate(() => performance.now());
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => !name.includes('/api/'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
  await page.close();
  return { bytes, usable };
}

/** From a click on a product in the shop to the person's page in the console saying so, ms. */
async function clickOnce(shop: Page, person: Page, before: number): Promise<number> {
  const started = performance.now();
  await shop.getByRole('link', { name: 'Kettle' }).first().click();
  await person.waitForFunction((events) => {
    const shown = [...document.querySelectorAll('main p')].find((node) => node.textContent === 'Events');
    return Number(shown?.nextElementSibling?.textContent?.replaceAll(',', '')) > events;
  }, before);
  return performance.now() - started;
}

const eventsOf = (person: Page): Promise<number> =>
  person.evaluate(() => {
    const shown = [...document.querySelectorAll('main p')].find((node) => node.textContent === 'Events');
    return Number(shown?.nextElementSibling?.textContent?.replaceAll(',', ''));
  });

async function clicks(host: Host, context: BrowserContext, count: number): Promise<number[]> {
  const visitor = (await context.browser()?.newContext({ userAgent })) ?? context;
  const shop = await visitor.newPage();
  await shop.goto(`${host.url}/shop/`);
  await shop.getByLabel('Shop as').selectOption('Chen');
  await shop.getByRole('link', { name: 'Kettle' }).first().click();
  const person = await context.newPage();
  await pause(2000);
  await person.goto(`${host.url}/people/demo-person-12`);
  await person.getByText('Events', { exact: true }).waitFor();
  const waits: number[] = [];
  for (let i = 0; i < count; i++) {
    await shop.goBack();
    await shop.getByRole('link', { name: 'Kettle' }).first().waitFor();
    await settled(person);
    await pause(BETWEEN_MS);
    waits.push(await clickOnce(shop, person, await eventsOf(person)));
  }
  return waits;
}

/** Waits until the counter has stood still: what came before the click must not count as its answer. */
async function settled(person: Page): Promise<void> {
  for (let last = -1, now = await eventsOf(person); last !== now; ) {
    await pause(1200);
    [last, now] = [now, await eventsOf(person)];
  }
}

export async function consoleFigures(count: number, say: (line: string) => void): Promise<Figure[]> {
  using folder = testFolder();
  return await withHost(folder.path, async (host) => {
    await loadCatalogue(host);
    const browser = await launchChromium();
    try {
      const context = await browser.newContext({ locale: 'en-US', userAgent });
      const login = await context.newPage();
      await login.goto(await host.loginLink());
      await login.getByRole('heading', { level: 1 }).waitFor();
      say('first loads');
      const state = await context.storageState();
      const loads: { bytes: number; usable: number }[] = [];
      for (let i = 0; i < LOADS; i++) {
        // Nothing is in the cache of a fresh context.
        const fresh = await browser.newContext({ locale: 'en-US', userAgent, storageState: state });
        loads.push(await loadOnce(fresh, `${host.url}/`));
        await fresh.close();
      }
      say(`${count} clicks in the shop`);
      const waits = await clicks(host, context, count);
      return figuresFrom(loads, waits);
    } finally {
      await browser.close();
    }
  });
}

function figuresFrom(
  loads: readonly { bytes: number; usable: number }[],
  waits: readonly number[],
): Figure[] {
  const usable = loads.map((one) => one.usable);
  const note = `${waits.length} clicks, ${catalogue.length} products`;
  return [
    { what: 'console, first load', value: (loads[0]?.bytes ?? 0) / 1000, unit: 'kB', aim: 'under 250' },
    {
      what: 'console, time to interactive, p50',
      value: quantile(usable, 0.5),
      unit: 'ms',
      note: 'cold cache',
    },
    { what: 'console, time to interactive, longest', value: Math.max(...usable), unit: 'ms' },
    {
      what: 'click in the shop to change in the console, p50',
      value: quantile(waits, 0.5),
      unit: 'ms',
      note,
    },
    {
      what: 'click in the shop to change in the console, p99',
      value: quantile(waits, 0.99),
      unit: 'ms',
      aim: 'under 1,500',
      note,
    },
  ];
}
