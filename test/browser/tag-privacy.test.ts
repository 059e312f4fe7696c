/** The tag in a real browser: what it keeps, what it passes along, and what it keeps to itself. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildTag } from '../../web/tag/build.ts';
import { type SnippetOptions, snippet } from '../../web/tag/snippet.ts';
import { launchChromium } from './chromium.ts';
import { RecordingCollector } from './recording-collector.ts';
import { allSent, call, keptPerson } from './tag-page.ts';

let browser: Browser;
let tag: string;
let context: BrowserContext;
let collector: RecordingCollector;

beforeAll(async () => {
  [browser, tag] = await Promise.all([launchChromium(), buildTag()]);
});
afterAll(() => browser.close());

beforeEach(async () => {
  collector = new RecordingCollector(tag);
  await collector.start();
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  collector.stop();
});

async function open(storage?: SnippetOptions['storage']): Promise<Page> {
  collector.page = snippet({ origin: collector.origin, writeKey: 'write-key', ...(storage && { storage }) });
  const page = await context.newPage();
  await page.goto(collector.pageUrl);
  return page;
}

/** Names of everything the browser keeps for this page. */
const keptNames = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);

const names = (): (string | undefined)[] => collector.events().map(({ event }) => event);

test('by default the visitor is known again on the next page, without a cookie', async () => {
  const page = await open();
  await call(page, ['identify', 'user-1', { plan: 'gold' }, { userToken: 'signed' }], ['track', 'First']);
  const first = await collector.event('First');
  await page.reload();
  await call(page, ['track', 'Second']);
  const second = await collector.event('Second');
  expect(second.anonymousId).toBe(first.anonymousId);
  expect(second).toMatchObject({ userId: 'user-1', context: { userToken: 'signed' } });
  expect(await context.cookies()).toEqual([]);
});

test('Global Privacy Control is passed along', async () => {
  await context.addInitScript(() =>
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }),
  );
  await call(await open(), ['track', 'With signal']);
  expect((await collector.event('With signal')).context).toMatchObject({ gpc: true });
});

test('without the signal nothing claims one', async () => {
  await call(await open(), ['track', 'No signal']);
  const { context: sent } = await collector.event('No signal');
  expect(sent).not.toHaveProperty('gpc');
  expect(sent).not.toHaveProperty('consent');
});

test('consent goes with every event', async () => {
  const page = await open();
  await call(page, ['consent', { analytics: true, email: false }], ['track', 'After']);
  expect((await collector.event('After')).context).toMatchObject({
    consent: { analytics: true, email: false },
  });
  await allSent(page);
  await page.reload();
  await call(
    page,
    ['consent', { analytics: true, email: false }],
    ['consent', { email: true }],
    ['track', 'Later'],
  );
  expect((await collector.event('Later')).context).toMatchObject({
    consent: { analytics: true, email: true },
  });
  expect(names().filter((name) => name === 'Consent Updated')).toHaveLength(2);
});

test('a refusal drops what is unsent, is reported, and ends the tracking', async () => {
  const page = await open();
  await call(page, ['track', 'Before']);
  const before = await collector.event('Before');
  await allSent(page);
  await call(
    page,
    ['track', 'Unsent'],
    ['consent', { analytics: false }],
    ['track', 'After'],
    ['identify', 'user-1'],
  );
  const refusal = await collector.event('Consent Updated');
  expect(refusal).toMatchObject({
    anonymousId: before.anonymousId,
    properties: { analytics: false },
    context: { consent: { analytics: false } },
  });
  await allSent(page);
  expect(await keptNames(page)).toEqual(['wellspring.write-key']);
  expect(await keptPerson(page)).toEqual({
    consent: { analytics: false, decidedAt: { analytics: expect.any(Number) } },
  });

  await page.reload();
  await call(page, ['track', 'Next page'], ['consent', { analytics: true }], ['track', 'Agreed']);
  const agreed = await collector.event('Agreed');
  expect(agreed.anonymousId).not.toBe(before.anonymousId);
  expect(names().filter((name) => name !== undefined)).toEqual([
    'Before',
    'Consent Updated',
    'Consent Updated',
    'Agreed',
  ]);
});

test('a refusal in one tab holds for the others', async () => {
  const [first, second] = [await open(), await open()];
  await collector.until(() => collector.events().length >= 2);
  await call(first, ['track', 'Seen'], ['consent', { analytics: false }]);
  await collector.event('Consent Updated');
  await call(second, ['track', 'Hidden'], ['consent', { analytics: true }], ['track', 'Visible']);
  await collector.event('Visible');
  expect(names()).not.toContain('Hidden');
});

test('a refusal that could not be reported yet is reported by the next page', async () => {
  collector.answer = ({ batch }) => ({
    status: batch.some(({ event }) => event === 'Consent Updated') ? 503 : 200,
  });
  const page = await open();
  await collector.until(() => collector.events().length === 1);
  await call(page, ['consent', { analytics: false }]);
  await collector.until(() => collector.events(503).length === 1);
  collector.answer = () => ({ status: 200 });
  await page.reload();
  expect(await collector.event('Consent Updated')).toMatchObject({ properties: { analytics: false } });
  expect(collector.events()).toHaveLength(2);
});

test('storage none keeps nothing', async () => {
  const page = await open('none');
  await call(page, ['identify', 'user-1'], ['consent', { analytics: true }], ['track', 'Passing']);
  const passing = await collector.event('Passing');
  expect(await keptNames(page)).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await page.reload();
  await call(page, ['track', 'Again']);
  expect((await collector.event('Again')).anonymousId).not.toBe(passing.anonymousId);
});

test('storage ask keeps nothing before the answer, and the id from then on', async () => {
  const page = await open('ask');
  await call(page, ['track', 'Asked']);
  const asked = await collector.event('Asked');
  expect(await keptNames(page)).toEqual([]);
  await call(page, ['consent', { analytics: true }]);
  await collector.event('Consent Updated');
  await page.reload();
  await call(page, ['track', 'Again']);
  expect((await collector.event('Again')).anonymousId).toBe(asked.anonymousId);
});

test('storage cookie puts the anonymous id alone into a first-party cookie, until it is refused', async () => {
  const page = await open('cookie');
  await call(page, ['identify', 'user-1'], ['track', 'Known']);
  const { anonymousId } = await collector.event('Known');
  expect(await context.cookies()).toMatchObject([
    { name: 'wellspring_id', value: anonymousId, path: '/', sameSite: 'Lax', domain: '127.0.0.1' },
  ]);
  await call(page, ['consent', { analytics: false }]);
  await collector.event('Consent Updated');
  expect(await context.cookies()).toEqual([]);
});

test('a misspelt storage rule keeps nothing', async () => {
  collector.page = `<script src="${collector.origin}/tag.js" data-write-key="write-key" data-storage="locall"></script>`;
  const page = await context.newPage();
  await page.goto(collector.pageUrl);
  await call(page, ['track', 'Careful']);
  await collector.event('Careful');
  expect(await keptNames(page)).toEqual([]);
});
