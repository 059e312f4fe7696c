/** A page with the tag, as the tests of the tag drive it. */
import type { Page } from 'playwright-core';

/** A call of the tag: name of the method, then its arguments. */
export type TagCall = readonly [method: string, ...args: unknown[]];

/** Makes calls inside the page, all in one task. */
export function call(page: Page, ...calls: readonly TagCall[]): Promise<void> {
  return page.evaluate((list) => {
    const api: unknown = Reflect.get(window, 'wellspring');
    for (const [method, ...args] of list) Reflect.apply(Reflect.get(Object(api), method), api, args);
  }, calls);
}

/** Tracks an event and leaves the page before the tag would send it. */
export function trackAndLeave(page: Page, event: string): Promise<void> {
  return page.evaluate((name) => {
    const api: unknown = Reflect.get(window, 'wellspring');
    Reflect.apply(Reflect.get(Object(api), 'track'), api, [name]);
    location.href = 'about:blank';
  }, event);
}

const KEY = 'wellspring.write-key';

/** How many unsent events the browser keeps for the next page. */
export function unsent(page: Page): Promise<number> {
  return page.evaluate(
    (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length,
    `${KEY}.`,
  );
}

/** Waits until the browser keeps no unsent events. */
export async function allSent(page: Page): Promise<void> {
  await page.waitForFunction(
    (prefix) => !Object.keys(localStorage).some((key) => key.startsWith(prefix)),
    `${KEY}.`,
  );
}

/** What the browser keeps of the person. */
export async function keptPerson(page: Page): Promise<Record<string, unknown>> {
  return JSON.parse((await page.evaluate((key) => localStorage.getItem(key), KEY)) ?? '{}');
}
