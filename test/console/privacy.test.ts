/** The page Privacy, and a person's own page behind a link. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Console, expectAccessible, expectVisible, openConsole, send } from './console.ts';

let console: Console;
beforeAll(async () => {
  console = await openConsole();
  await send(
    console.host,
    { type: 'identify', userId: 'ada', messageId: 'i-1', traits: { nickname: '<b>Countess</b>' } },
    { type: 'track', event: 'Looked', userId: 'ada', messageId: 'l-1' },
    {
      type: 'track',
      event: 'Looked',
      userId: 'bob',
      messageId: 'l-2',
      context: { consent: { analytics: true } },
    },
  );
});
afterAll(() => console[Symbol.asyncDispose]());

/** The console as somebody with this role sees it. */
async function as(role: 'privacy' | 'viewer', path: string): Promise<Page> {
  const { url, secretKey } = console.host;
  const made = await fetch(`${url}/api/logins`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}` },
    body: JSON.stringify({ role }),
  });
  const login = /"login":"([^"]+)"/.exec(await made.text())?.[1];
  const page = await (await console.anonymous()).newPage();
  await page.goto(`${url}/#login=${login}`);
  await expectVisible(page.getByRole('heading', { level: 1, name: 'Live' }));
  await page.goto(`${url}${path}`);
  return page;
}

/** A link to the person's own page, made on the page of the person. */
async function linkOf(id: string): Promise<string> {
  const page = await console.open(`/people/${id}`);
  await page.getByRole('tab', { name: 'Consent' }).click();
  await page.getByRole('button', { name: 'Create link' }).click();
  const link = await page.getByLabel('Link to their own page, for 72 hours').textContent();
  await expectAccessible(page);
  await page.close();
  return link ?? '';
}

it('says what there is to do, and what only another role may', async () => {
  const page = await console.open('/privacy');
  await expectVisible(page.getByText('Nobody has asked yet'));
  await expectVisible(page.getByText('The list is for the role privacy.'));
  await expectVisible(page.getByText('folder:quarantine'));
  await page.getByLabel('Id of the person').fill('ada');
  expect(await page.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download a copy' }).click(),
  ]);
  expect(readFileSync(await file.path(), 'utf8')).toContain('Countess');
  await expectAccessible(page);
  await page.close();
});

it('offers decisions about consent to those who may note them', async () => {
  const withdraw = { name: /^Withdraw/ };
  const open = async (page: Page): Promise<Page> => {
    await page.getByRole('tab', { name: 'Consent' }).click();
    await expectVisible(page.getByRole('cell', { name: 'granted' }).first());
    return page;
  };
  const privacy = await open(await as('privacy', '/people/bob'));
  await expectVisible(privacy.getByRole('button', withdraw));
  const viewer = await open(await as('viewer', '/people/bob'));
  expect(await viewer.getByRole('button', withdraw).count()).toBe(0);
  expect(await viewer.getByRole('button', { name: 'Create link' }).count()).toBe(0);
  await privacy.close();
  await viewer.close();
});

it('lets a person see, withdraw, download, in their language, and nobody else', async () => {
  const link = await linkOf('ada');
  expect(link).not.toContain('ada');
  const context = await console.anonymous({ viewport: { width: 360, height: 780 } });
  const page = await context.newPage();
  await page.goto(link);
  await expectVisible(page.getByText('<b>Countess</b>'));
  expect(page.url()).toBe(`${console.host.url}/me/`);
  expect(await page.content()).not.toContain('bob');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
  const suggestions = page.getByRole('switch', { name: 'Personal suggestions' });
  await suggestions.click();
  await expectVisible(page.getByRole('switch', { name: 'Personal suggestions', checked: true }));
  await suggestions.click();
  await expectVisible(page.getByRole('switch', { name: 'Personal suggestions', checked: false }));
  await console.host.drain();
  const { body } = await console.host.get('/api/profiles/ada/consent');
  expect(body).toMatchObject({ consent: { profiling: { granted: false, signals: ['page'] } } });
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download everything' }).click(),
  ]);
  expect(readFileSync(await file.path(), 'utf8')).toContain('Looked');
  await page.getByRole('button', { name: '中文' }).click();
  await expectVisible(page.getByRole('heading', { level: 1, name: '您的数据' }));
  await expectAccessible(page);
  // A new tab has no token, and a link that was changed opens nothing.
  const other = await context.newPage();
  await other.goto(`${console.host.url}/me/`);
  await expectVisible(other.getByText('此页面需通过链接打开'));
  await other.goto(`${console.host.url}/me/#me_forged.token`);
  await other.reload();
  await expectVisible(other.getByText('This link has ended or is not valid'));
  await context.close();
});

it('erases by request, from either side, after it was asked once more', async () => {
  const own = await (await console.anonymous()).newPage();
  await own.goto(await linkOf('bob'));
  await own.getByRole('button', { name: 'Erase everything' }).click();
  await own.getByRole('dialog').getByRole('button', { name: 'Erase everything' }).click();
  await expectVisible(own.getByText('It will be erased'));
  const page = await as('privacy', '/privacy');
  await expectVisible(page.getByRole('region', { name: 'Requests' }).getByText('Erase').first());
  await page.getByLabel('Id of the person').fill('ada');
  await page.getByRole('button', { name: 'Erase', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Erase this person' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect
    .poll(() => page.getByRole('region', { name: 'Requests' }).getByRole('row').count())
    .toBeGreaterThan(2);
  await expectAccessible(page);
  expect(console.troubles).toEqual([]);
});
