/** The console in a real browser before a real system, as a marketer opens it: by the link of the start. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { startTestHost, type TestHost } from '../fixtures/host.ts';

export interface Console extends AsyncDisposable {
  readonly host: TestHost;
  /** What went wrong in any page: errors, refused scripts, requests elsewhere. */
  readonly troubles: string[];
  /** Opens a path, logged in. */
  open(path: string): Promise<Page>;
  /** A browser profile of its own, with nobody logged in. */
  anonymous(options?: BrowserContextOptions): Promise<BrowserContext>;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Headless Chromium calls itself so, and would be taken for the program it is. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

function watch(context: BrowserContext, troubles: string[], own: string): void {
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== own) troubles.push(`request to ${request.url()}`);
  });
  context.on('weberror', (error) => troubles.push(error.error().message));
  context.on('console', (message) => {
    // A refusal of the API is shown to the person; the browser logs it as well.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      troubles.push(message.text());
    }
  });
}

export async function openConsole(options: BrowserContextOptions = {}): Promise<Console> {
  const [host, browser] = await Promise.all([startTestHost(), launchChromium()]);
  const troubles: string[] = [];
  const fresh = async (given: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({
      locale: 'en-GB',
      userAgent,
      reducedMotion: 'reduce',
      ...options,
      ...given,
    });
    watch(context, troubles, host.url);
    return context;
  };
  const context = await fresh();
  await logIn(context, host);
  return {
    host,
    troubles,
    anonymous: fresh,
    open: async (path) => {
      const page = await context.newPage();
      await page.goto(`${host.url}${path}`);
      return page;
    },
    [Symbol.asyncDispose]: () => close(browser, host),
  };
}

async function logIn(context: BrowserContext, host: TestHost): Promise<void> {
  const page = await context.newPage();
  await page.goto(await host.loginLink());
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.close();
}

async function close(browser: Browser, host: TestHost): Promise<void> {
  await browser.close();
  await host.remove();
}

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Fails on findings that axe calls serious or critical. Animations are over by then. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const violations: Finding[] = await page.evaluate('axe.run().then((result) => result.violations)');
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  expect(serious).toEqual([]);
}

/** Waits until it shows. */
export const expectVisible = (what: Locator): Promise<void> => what.waitFor();

/** How far things have moved on their own since the page opened: the sum of what Chromium calls layout shifts. */
export const movedOf = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            if ('value' in entry && typeof entry.value === 'number') sum += entry.value;
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );

/** Sends events with the write key and waits until they are in the profiles. */
export async function send(host: TestHost, ...events: readonly object[]): Promise<void> {
  const reply = await host.send('/v1/batch', JSON.stringify({ batch: events }));
  expect(reply.status).toBe(200);
  await host.drain();
}
