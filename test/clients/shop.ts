/** A shop's pages on an origin of their own, opened in a real browser; the client's script comes from its package. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';

/** Headless Chromium calls itself so, and would be taken for the program it is. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export interface ShopOptions {
  /** The system's origin. */
  readonly host: string;
  /** Path on the shop's origin -> text of the script. */
  readonly scripts?: Readonly<Record<string, string>>;
}

export interface Visit {
  readonly page: Page;
  /** What went wrong in the page, and requests to anyone but the shop and the host. */
  readonly troubles: readonly string[];
}

export interface Shop {
  /** Opens a page with this head, in a browser profile of its own. `query` begins with a question mark. */
  visit(head: string, query?: string): Promise<Visit>;
  stop(): Promise<void>;
}

export async function startShop({ host, scripts = {} }: ShopOptions): Promise<Shop> {
  let head = '';
  const server = createServer((request, response) => {
    const script = scripts[request.url ?? '/'];
    const type = script === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
    response.end(script ?? documentOf(head));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // The host listens on 127.0.0.1: to the browser that is another site.
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  return {
    visit: async (html, query = '') => {
      head = html;
      const context = await newContext(browser);
      const troubles = watch(context, [origin, host]);
      const page = await context.newPage();
      await page.goto(`${origin}/${query}`);
      return { page, troubles };
    },
    stop: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const documentOf = (head: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Shop</title>${head}`;

/** A file of a package, as published. */
export const packaged = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../../node_modules', path), 'utf8');

const newContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ userAgent: USER_AGENT, locale: 'it-IT', timezoneId: 'Europe/Rome' });

function watch(context: BrowserContext, known: readonly string[]): readonly string[] {
  const troubles: string[] = [];
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !known.includes(origin)) troubles.push(`request to ${request.url()}`);
  });
  context.on('weberror', (error) => troubles.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  return troubles;
}
