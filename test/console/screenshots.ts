/** `npm run screenshots`: pictures of the pages for the README, from the demo with its first models. Takes three minutes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as z from 'zod/mini';
import { credentials } from '../../local/credentials.ts';
import { startFirstModels } from '../../local/demo/first-models.ts';
import { loadCatalogue } from '../../local/demo/load-catalogue.ts';
import { startDemo } from '../../local/demo/stream.ts';
import { startHost } from '../../local/host.ts';
import { launchChromium } from '../browser/chromium.ts';
import { testFolder } from '../fixtures/folder.ts';

const folder = join(import.meta.dirname, '../../docs/pictures');
const DAYS = 120;
const ORDERS = 3;
const profileSchema = z.object({ profile: z.object({ dynamic: z.object({ frequency: z.number() }) }) });
const SETTLED_MS = 2_500;
/** So that the first page has some seconds of events to draw. */
const LIVE_MS = 20_000;

/** Path of a page, and what has to be done there before it shows what it is for. */
const picturesOf = (
  person: string,
): Readonly<Record<string, { path: string; prepare?: (page: Page) => Promise<void> }>> => ({
  live: { path: '/', prepare: (page) => page.waitForTimeout(LIVE_MS) },
  person: {
    path: `/people/${person}`,
    prepare: (page) => page.getByRole('tab', { name: 'Scores' }).click(),
  },
  segments: { path: '/segments' },
  recommendations: { path: `/recommendations/${person}` },
  funnel: { path: '/funnel' },
  models: { path: '/models' },
  pipeline: { path: '/pipeline' },
  privacy: { path: '/privacy' },
  sources: { path: '/sources' },
  settings: { path: '/settings' },
  shop: { path: '/shop/' },
});

using data = testFolder();
const host = await startHost({ data: data.path, port: 0 });
const { secret } = credentials(data.path);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
say('training the first models');
await loadCatalogue(host);
const first = startFirstModels({
  host,
  data: data.path,
  secret,
  days: DAYS,
  now: () => Date.now(),
  say: () => {},
});
say(`first models: ${await first.done}`);
const demo = startDemo({ url: host.url, writeKey: host.writeKey, rate: 20, seed: 1 });
await prepareHost();
const browser = await launchChromium();
const context = await browser.newContext({
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
});
const page = await context.newPage();
await page.goto(await host.loginLink());
await page.getByRole('heading', { level: 1 }).waitFor();
mkdirSync(folder, { recursive: true });
for (const [name, { path, prepare }] of Object.entries(picturesOf(await buyer()))) {
  await page.goto(`${host.url}${path}`);
  await prepare?.(page);
  // Pictures may wait: data arrive while they are taken.
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  say(`docs/pictures/${name}.png`);
}
await browser.close();
await demo.stop();
await host.stop();

/** What pages show only after somebody was there: some segments in use, and refused events. */
async function prepareHost(): Promise<void> {
  const authorization = `Bearer ${host.secretKey}`;
  const readySchema = z.object({
    ready: z.array(
      z.object({ key: z.string(), name: z.string(), description: z.string(), rule: z.unknown() }),
    ),
  });
  const reply = await fetch(`${host.url}/api/segments/ready`, { headers: { authorization } });
  const { ready } = readySchema.parse(await reply.json());
  for (const { key, ...segment } of ready)
    if (/^(high|low)-|^rfm-recent|^lifecycle-(loyal|at-risk)/.test(key))
      await fetch(`${host.url}/api/segments`, {
        method: 'POST',
        headers: { authorization },
        body: JSON.stringify(segment),
      });
  const refused = [
    ...Array.from({ length: 5 }, () => ({ type: 'track', userId: 'demo-person-1' })),
    { type: 'page' },
  ];
  await fetch(`${host.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${host.writeKey}:`)}` },
    body: JSON.stringify({ batch: refused }),
  });
}

/** Somebody who has bought more than once, so that there is something to see. */
async function buyer(): Promise<string> {
  for (let i = 0; ; i++) {
    const person = `demo-person-${i}`;
    const reply = await fetch(`${host.url}/api/profiles/${person}`, {
      headers: { authorization: `Bearer ${host.secretKey}` },
    });
    const body: unknown = await reply.json();
    if (reply.ok && profileSchema.parse(body).profile.dynamic.frequency >= ORDERS) return person;
  }
}
