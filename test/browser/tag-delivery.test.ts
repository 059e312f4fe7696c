/** The tag in a real browser: every event arrives, once per messageId, whatever the collector answers. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildTag } from '../../web/tag/build.ts';
import { snippet } from '../../web/tag/snippet.ts';
import { launchChromium } from './chromium.ts';
import { RecordingCollector } from './recording-collector.ts';
import { allSent, call, keptPerson, trackAndLeave, unsent } from './tag-page.ts';

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
  collector.page = snippet({ origin: collector.origin, writeKey: 'write-key' });
  context = await browser.newContext({ locale: 'de-CH', timezoneId: 'Europe/Zurich' });
});
afterEach(async () => {
  await context.close();
  collector.stop();
});

async function open(query = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(collector.pageUrl + query);
  return page;
}

/** Opens the page, lets the tag send what it has, and stops its timers. */
async function openAndStopClock(): Promise<Page> {
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(collector.pageUrl);
  await collector.until(() => collector.events().length === 1);
  await allSent(page);
  await page.clock.pauseAt(Date.now() + 1000);
  return page;
}

const ids = (events: readonly { messageId: string }[]): string[] => events.map(({ messageId }) => messageId);

/** Lets the page's own clock run on until `done`; in small steps, since requests take no time on that clock. */
async function runClock(page: Page, done: () => boolean): Promise<void> {
  while (!done()) await page.clock.runFor(100);
}

test('calls made before the tag has loaded arrive first, in order, with the time of the call', async () => {
  let release = (): void => undefined;
  collector.tagReady = new Promise((resolve) => {
    release = resolve;
  });
  collector.page += `<script>wellspring.identify(42, { plan: 'gold' }); wellspring.track('Early', { n: 1 });
    window.called = Date.now();</script>`;
  const page = await context.newPage();
  await page.goto(`${collector.pageUrl}?utm_source=news&utm_campaign=spring&q=1#part`, {
    waitUntil: 'commit',
  });
  const called = Number(
    await page.waitForFunction(() => Reflect.get(window, 'called')).then((v) => v.jsonValue()),
  );
  release();
  const early = await collector.event('Early');

  expect(collector.events().map(({ type }) => type)).toEqual(['page', 'identify', 'track']);
  expect(Date.parse(early.timestamp)).toBeLessThanOrEqual(called);
  expect(early).toMatchObject({ userId: '42', properties: { n: 1 } });
  expect(early.context).toMatchObject({
    library: { name: 'wellspring.js' },
    page: {
      url: `${collector.pageUrl}?utm_source=news&utm_campaign=spring&q=1`,
      path: '/',
      title: 'Shop',
      referrer: '',
    },
    campaign: { source: 'news', name: 'spring' },
    locale: 'de-CH',
    timezone: 'Europe/Zurich',
    userAgent: expect.stringContaining('Chrome'),
    screen: { width: expect.any(Number), height: expect.any(Number) },
  });
  expect(collector.received[0]?.headers['content-type']).toMatch(/^text\/plain/);
  expect(collector.methods).toEqual(['POST']);
});

test('what is pending when the page goes leaves by beacon', async () => {
  await trackAndLeave(await openAndStopClock(), 'Going');
  await collector.event('Going');
  expect(collector.received.at(-1)?.headers['sec-fetch-mode']).toBe('no-cors');
});

test('without beacons the last events leave by fetch', async () => {
  await context.addInitScript(() => {
    navigator.sendBeacon = () => false;
  });
  await trackAndLeave(await openAndStopClock(), 'Going');
  await collector.event('Going');
  expect(collector.received.at(-1)?.headers['sec-fetch-mode']).toBe('cors');
});

test('what is pending when the page is hidden is sent at once', async () => {
  const page = await openAndStopClock();
  await call(page, ['track', 'Hiding']);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  expect(await collector.event('Hiding')).toMatchObject({ type: 'track' });
});

test('more than a beacon can carry is split, and the rest is sent by the next page', async () => {
  const page = await open();
  await collector.until(() => collector.events().length === 1);
  collector.answer = () => new Promise(() => undefined);
  const large = Array.from(
    { length: 150 },
    (_, n) => ['track', `Large ${n}`, { text: 'é'.repeat(500) }] as const,
  );
  await call(page, ...large);
  await page.goto('about:blank');
  collector.answer = () => ({ status: 200 });
  await page.goto(collector.pageUrl);
  await collector.until(() => new Set(ids(collector.events())).size === 152);
  expect(Math.max(...collector.received.map(({ size }) => size))).toBeLessThan(60_000);
});

test('a long queue leaves batch after batch, without pauses', async () => {
  const page = await openAndStopClock();
  await call(page, ...Array.from({ length: 200 }, (_, n) => ['track', `Event ${n}`] as const));
  await collector.event('Event 199');
  expect(collector.events()).toHaveLength(201);
  expect(collector.received.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(65_536);
});

test('a failed batch is sent again after a pause, with the same ids', async () => {
  const page = await context.newPage();
  await page.clock.install();
  const failures = [{ status: 503 }, { status: 500 }];
  collector.answer = () => failures.shift() ?? { status: 200 };
  await page.goto(collector.pageUrl);
  await call(page, ['track', 'Persistent']);
  await runClock(page, () => collector.events().length >= 2);

  expect(collector.received.map(({ status }) => status)).toEqual([503, 500, 200]);
  const [first, second, third] = collector.received;
  expect(ids(second?.batch ?? [])).toEqual(expect.arrayContaining(ids(first?.batch ?? [])));
  expect(ids(third?.batch ?? [])).toEqual(expect.arrayContaining(ids(second?.batch ?? [])));
  const [a = 0, b = 0, c = 0] = collector.received.map(({ sentAt }) => Date.parse(sentAt));
  expect(b - a).toBeGreaterThanOrEqual(500);
  expect(c - b).toBeGreaterThanOrEqual(1000);
});

test('a collector that asks for rest gets it', async () => {
  const page = await context.newPage();
  await page.clock.install();
  const failures = [{ status: 429, headers: { 'retry-after': '30' } }];
  collector.answer = () => failures.shift() ?? { status: 200 };
  await page.goto(collector.pageUrl);
  await runClock(page, () => collector.events().length === 1);
  const [a = 0, b = 0] = collector.received.map(({ sentAt }) => Date.parse(sentAt));
  expect(b - a).toBeGreaterThanOrEqual(30_000);
});

test('a refused batch is not sent again but counted', async () => {
  collector.answer = ({ batch: [first] }) => ({ status: first?.event === 'Refused' ? 400 : 200 });
  const page = await open();
  await collector.until(() => collector.events().length === 1);
  await call(page, ['track', 'Refused']);
  await collector.until(() => collector.events(400).length === 1);
  await page.waitForFunction(() => localStorage.getItem('wellspring.write-key')?.includes('"dropped":1'));
  await call(page, ['track', 'Next']);
  expect((await collector.event('Next')).context).toMatchObject({ dropped: 1 });
  expect(collector.events(400)).toHaveLength(1);
});

test('unsent events survive a reload and are forgotten once delivered', async () => {
  collector.answer = () => ({ status: 503 });
  const page = await open();
  await call(page, ['track', 'Kept']);
  await collector.until(() => collector.events(503).length >= 1);
  collector.answer = () => ({ status: 200 });
  await page.reload();
  const kept = await collector.event('Kept');
  expect(
    collector
      .events()
      .filter(({ event }) => event === 'Kept')
      .every(({ messageId }) => messageId === kept.messageId),
  ).toBe(true);
  await collector.until(() => collector.events().filter(({ type }) => type === 'page').length === 2);
  await allSent(page);
});

test('the queue is bounded: the oldest go, and are counted', async () => {
  collector.answer = () => ({ status: 503 });
  const page = await open();
  await collector.until(() => collector.events(503).length >= 1);
  await call(page, ...Array.from({ length: 600 }, (_, n) => ['track', `Event ${n}`] as const));
  expect(await unsent(page)).toBeLessThanOrEqual(500);
  collector.answer = () => ({ status: 200 });
  await page.reload();
  await collector.event('Event 599');
  expect((await keptPerson(page))['dropped']).toBeGreaterThanOrEqual(100);
  expect(collector.events().some(({ event }) => event === 'Event 0')).toBe(false);
});

test('tabs share what is unsent: nothing is lost when they close, and a delivered event is not sent again', async () => {
  // The clock is one for all pages of a context.
  const waiting = await openAndStopClock();
  const closing = await open();
  const has = (status: number, ...names: string[]): boolean =>
    names.every((name) => collector.events(status).some(({ event }) => event === name));
  collector.answer = () => ({ status: 503 });
  await call(waiting, ['track', 'From waiting']);
  await call(closing, ['track', 'From closing']);
  await runClock(waiting, () => has(503, 'From waiting', 'From closing'));
  await closing.close();

  collector.answer = () => ({ status: 200 });
  const next = await open();
  await runClock(next, () => has(200, 'From waiting', 'From closing'));
  await allSent(next);
  await call(waiting, ['track', 'Later']);
  await runClock(waiting, () => has(200, 'Later'));
  const last = collector.received.find(({ batch }) => batch.some(({ event }) => event === 'Later'));
  expect(last?.batch).toMatchObject([{ event: 'Later' }]);
});

test('a page that forbids storage still sends', async () => {
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
  });
  const page = await open();
  await call(page, ['track', 'Unstored']);
  const event = await collector.event('Unstored');
  expect(event.anonymousId).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(collector.events().map(({ anonymousId }) => anonymousId)).size).toBe(1);
});
