/** Two hundred texts that would run as scripts, sent as everything an event can hold, show as texts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, expectVisible, openConsole, send } from './console.ts';

const calls = ['window.hit=1', 'alert(1)', 'fetch("//evil.example")', 'document.title="hit"', 'top.hit=1'];
const shapes: ((code: string) => string)[] = [
  (code) => `<script>${code}</script>`,
  (code) => `<ScRiPt >${code}</sCrIpT>`,
  (code) => `"><script>${code}</script>`,
  (code) => `'><script>${code}</script>`,
  (code) => `</textarea><script>${code}</script>`,
  (code) => `</title><script>${code}</script>`,
  (code) => `</script><script>${code}</script>`,
  (code) => `<script src=data:text/javascript,${code}></script>`,
  (code) => `<img src=x onerror='${code}'>`,
  (code) => `<img/src/onerror='${code}'>`,
  (code) => `"><img src=x onerror='${code}'>`,
  (code) => `<svg onload='${code}'>`,
  (code) => `<svg><script>${code}</script></svg>`,
  (code) => `<svg><animate onbegin='${code}' attributeName=x dur=1s>`,
  (code) => `<body onload='${code}'>`,
  (code) => `<iframe src='javascript:${code}'></iframe>`,
  (code) => `<iframe srcdoc='<script>${code}</script>'></iframe>`,
  (code) => `<object data='javascript:${code}'></object>`,
  (code) => `<embed src='javascript:${code}'>`,
  (code) => `<a href='javascript:${code}'>x</a>`,
  (code) => `<a href='java\tscript:${code}'>x</a>`,
  (code) => `<math href='javascript:${code}'>x</math>`,
  (code) => `<form action='javascript:${code}'><input type=submit></form>`,
  (code) => `<button formaction='javascript:${code}'>x</button>`,
  (code) => `<input autofocus onfocus='${code}'>`,
  (code) => `<details open ontoggle='${code}'>`,
  (code) => `<video><source onerror='${code}'></video>`,
  (code) => `<audio src=x onerror='${code}'>`,
  (code) => `<marquee onstart='${code}'>`,
  (code) => `<style>@import 'javascript:${code}'</style>`,
  (code) => `<link rel=stylesheet href='javascript:${code}'>`,
  (code) => `<meta http-equiv=refresh content='0;javascript:${code}'>`,
  (code) => `<base href='javascript:${code}//'>`,
  (code) => `<template><script>${code}</script></template>`,
  (code) => `javascript:${code}`,
  (code) => `{{constructor.constructor('${code}')()}}`,
  (code) => `\${${code}}`,
  (code) => `<noscript><p title="</noscript><img src=x onerror='${code}'>">`,
  (code) => `\u2028<script>${code}</script>`,
  (code) => `&lt;script&gt;${code}&lt;/script&gt;`,
];
const payloads = shapes.flatMap((shape) => calls.map(shape));

const eventOf = (payload: string, i: number) => ({
  type: 'track',
  event: payload,
  userId: 'mallory',
  messageId: `x-${i}`,
  properties: { product_id: payload, name: payload, category: payload, query: payload },
  context: { page: { url: payload, title: payload, referrer: payload }, campaign: { name: payload } },
});

let console: Console;
beforeAll(async () => {
  console = await openConsole();
  const traits = Object.fromEntries(
    payloads.slice(0, 60).map((payload, i) => [`t${i} ${payload}`.slice(0, 100), payload]),
  );
  await send(console.host, {
    type: 'identify',
    userId: 'mallory',
    messageId: 't',
    traits: { name: payloads[0], ...traits },
  });
});
afterAll(() => console[Symbol.asyncDispose]());

/** Marks of a payload that became part of the page. */
const marks = `({
  hit: 'hit' in window || document.title === 'hit',
  scripts: [...document.scripts].filter((script) => !script.src.startsWith(location.origin + '/assets/')).length,
  handlers: [...document.querySelectorAll('*')].filter((node) => [...node.attributes].some(({ name }) => name.startsWith('on'))).length,
  strange: document.querySelectorAll('iframe, object, embed, base, meta[http-equiv], math, marquee, form[action], a[href^="javascript"]').length,
})`;
const clean = { hit: false, scripts: 0, handlers: 0, strange: 0 };

it('has two hundred', () => {
  expect(new Set(payloads).size).toBe(200);
});

it('shows them as texts where they come in', async () => {
  const page = await console.open('/');
  await expectVisible(page.getByText('events/s'));
  const filter = page.getByLabel('Filter by event, person or source');
  for (let at = 0; at < payloads.length; at += 50) {
    const some = payloads.slice(at, at + 50);
    await send(console.host, ...some.map((payload, i) => eventOf(payload, at + i)));
    await filter.fill((some.at(-1) ?? '').slice(0, 40));
    await expectVisible(page.getByText((some.at(-1) ?? '').slice(0, 12)).first());
  }
  await filter.fill('');
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.getByRole('button', { name: 'script' }).first().click();
  await expectVisible(page.getByRole('region', { name: 'After cleaning' }));
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.close();
});

it('shows them as texts in the profile', async () => {
  const page = await console.open('/people/mallory');
  for (const tab of ['Timeline', 'Profile', 'Scores', 'Identities']) {
    await page.getByRole('tab', { name: tab }).click();
    await expectVisible(page.getByRole('tabpanel', { name: tab }));
    expect(await page.evaluate(marks)).toEqual(clean);
  }
  await page.close();
});

/** As many as the panel shows at once. */
const PAGE = 50;

it('shows them as texts where they were refused', async () => {
  // Without an event name they are refused, with everything that came in them.
  await send(console.host, ...payloads.map((payload, i) => ({ ...eventOf(payload, 1000 + i), event: '' })));
  const page = await console.open('/pipeline');
  await page.getByRole('button', { name: 'Look: missing_event' }).click();
  const panel = page.getByRole('dialog');
  const shown = panel.getByLabel('Event, to be mended');
  for (let seen = PAGE; seen < payloads.length; seen += PAGE) {
    await expectVisible(shown.nth(seen - 1));
    await panel.getByRole('button', { name: 'Show more' }).click();
  }
  await expectVisible(shown.nth(payloads.length - 1));
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.close();
});

it('shows them as texts in rules, in lists of products and in funnels', async () => {
  const [payload = ''] = payloads;
  const crowd = Array.from({ length: 30 }, (_, i) => ({ ...eventOf(payload, 2000 + i), userId: `m-${i}` }));
  const named = crowd.map(({ userId }, i) => ({
    type: 'identify',
    userId,
    messageId: `n-${i}`,
    traits: { name: payload, [payload]: payload },
  }));
  await send(console.host, ...crowd, ...named);
  const page = await console.open('/segments');
  await page.getByRole('button', { name: 'New segment' }).click();
  await page.getByRole('dialog').getByLabel('Value').fill('0');
  await expectVisible(page.getByRole('link', { name: payload }).first());
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.goto(`${console.host.url}/recommendations/mallory`);
  await expectVisible(page.getByRole('region', { name: 'As served' }));
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.goto(`${console.host.url}/funnel`);
  for (const step of [4, 3]) await page.getByLabel(`Remove step ${step}`).click();
  await page.getByRole('combobox', { name: 'Event of step 1' }).fill(payload);
  await expectVisible(page.getByText('30 people'));
  await expectVisible(page.getByRole('listitem').getByText(payload).first());
  expect(await page.evaluate(marks)).toEqual(clean);
  await page.close();
});

it('broke no rule on the way', () => {
  expect(console.troubles).toEqual([]);
});
