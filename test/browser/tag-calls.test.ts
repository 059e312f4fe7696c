/** The tag in a real browser: the calls of Segment's analytics.js, and what they say. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildTag } from '../../web/tag/build.ts';
import { snippet } from '../../web/tag/snippet.ts';
import { launchChromium } from './chromium.ts';
import { type Message, RecordingCollector } from './recording-collector.ts';
import { call } from './tag-page.ts';

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
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  collector.stop();
});

async function open(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(collector.pageUrl);
  return page;
}

/** Events sent so far, up to and with a closing one. */
async function sent(page: Page): Promise<Message[]> {
  await call(page, ['track', 'End']);
  await collector.event('End');
  return collector.events();
}

test('every call arrives as a message of the specification', async () => {
  const page = await open();
  await call(
    page,
    ['page', 'Docs', 'Home', { section: 1 }],
    ['identify', 'user-1', { email: 'a@shop.example' }],
    ['identify', { plan: 'gold' }],
    ['group', 'team-1', { seats: 3 }],
    [
      'track',
      'Order Completed',
      { total: 9.5 },
      { context: { device: 'kiosk' }, timestamp: '2026-01-02T03:04:05.000Z' },
    ],
    ['alias', 'user-2'],
  );
  const [first, named, identified, again, grouped, ordered, aliased] = await sent(page);
  expect(first).toMatchObject({
    type: 'page',
    properties: { path: '/', title: 'Shop', url: collector.pageUrl },
  });
  expect(named).toMatchObject({
    type: 'page',
    category: 'Docs',
    name: 'Home',
    properties: { section: 1, name: 'Home' },
  });
  expect(identified).toMatchObject({
    type: 'identify',
    userId: 'user-1',
    traits: { email: 'a@shop.example' },
  });
  expect(again).toMatchObject({
    type: 'identify',
    userId: 'user-1',
    traits: { email: 'a@shop.example', plan: 'gold' },
  });
  expect(grouped).toMatchObject({ type: 'group', groupId: 'team-1', traits: { seats: 3 } });
  expect(ordered).toMatchObject({
    type: 'track',
    properties: { total: 9.5 },
    timestamp: '2026-01-02T03:04:05.000Z',
    context: { device: 'kiosk', library: { name: 'wellspring.js' } },
  });
  expect(aliased).toMatchObject({ type: 'alias', userId: 'user-2', previousId: 'user-1' });
});

test('ids sort by time and are unique', async () => {
  const page = await open();
  await call(page, ...Array.from({ length: 30 }, (_, n) => ['track', `Event ${n}`] as const));
  const ids = (await sent(page)).map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(32);
  expect(ids.toSorted()).toEqual(ids);
});

test('reset forgets the person; another login on the same device starts a new visitor', async () => {
  const page = await open();
  await call(
    page,
    ['identify', 'user-1', { plan: 'gold' }, { userToken: 'token-1' }],
    ['identify', 'user-2'],
    ['reset'],
    ['track', 'Stranger'],
  );
  const [, first, second, stranger] = await sent(page);
  expect(first).toMatchObject({ userId: 'user-1', context: { userToken: 'token-1' } });
  expect(second).toMatchObject({ userId: 'user-2', traits: {} });
  expect(second?.context).not.toHaveProperty('userToken');
  expect(stranger).not.toHaveProperty('userId');
  expect(new Set([first, second, stranger].map((event) => event?.anonymousId)).size).toBe(3);
});

test('the interface keeps its identity under any name, before and after loading', async () => {
  collector.page += `<script>window.analytics = wellspring; analytics.track('By another name');</script>`;
  const page = await open();
  await collector.event('By another name');
  expect(
    await page.evaluate(() => Reflect.get(window, 'analytics') === Reflect.get(window, 'wellspring')),
  ).toBe(true);
});

test('callbacks run after the call, and ready runs once the tag is there', async () => {
  collector.page += `<script>
    window.ran = [];
    wellspring.ready(function () { ran.push('ready:' + typeof wellspring.user().anonymousId()); });
    wellspring.track('With callback', {}, function () { ran.push('track'); });
  </script>`;
  const page = await open();
  await collector.event('With callback');
  expect(await page.evaluate(() => Reflect.get(window, 'ran'))).toEqual(['ready:string', 'track']);
});

test('without the snippet, load names the key and the collector', async () => {
  collector.page = `<script src="/tag.js"></script><script>
    wellspring.load('write-key', { origin: '${collector.origin}' });
    wellspring.track('Loaded by hand');
  </script>`;
  await open();
  expect((await collector.event('Loaded by hand')).event).toBe('Loaded by hand');
});

test('what cannot be written as JSON never breaks the page', async () => {
  const page = await open();
  await page.addScriptTag({
    content: `const loop = {}; loop.loop = loop; wellspring.track('Endless', loop);`,
  });
  expect((await sent(page)).map(({ event }) => event)).toEqual([undefined, 'End']);
});
