/** Consent and a copy of one's data, on the command line. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { wellspring } from './running.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
  const event = { type: 'track', event: 'Tested', userId: 'ada/../<b>', messageId: 'm-0' };
  await host.send('/v1/batch', JSON.stringify({ batch: [event] }));
  await host.drain();
});
afterAll(() => host.remove());

const run = (...args: string[]): ReturnType<typeof wellspring> => wellspring(...args, '--data', host.data);

test('a decision is noted and shown with its history', async () => {
  expect(await run('consent', 'ada/../<b>', '--set', 'email=perhaps')).toMatchObject({ code: 1 });
  const set = await run('consent', 'ada/../<b>', '--set', 'email=no', '--set', 'sms=yes', '--wording', 'v2');
  expect(set).toMatchObject({ code: 0 });
  await host.drain();
  const { stdout } = await run('consent', 'ada/../<b>');
  expect(stdout).toMatch(/email +no +since/);
  expect(stdout).toMatch(/sms +yes since/);
  expect(stdout).toContain('by api, wording v2');
});

test('a copy is written as JSON and as a page, under a name that stays in the folder', async () => {
  const out = join(host.data, 'out');
  const { code, stdout } = await run('export', 'ada/../<b>', '--out', out);
  expect({ code, stdout: stdout.trim().split('\n') }).toEqual({
    code: 0,
    stdout: [join(out, 'ada_b_.json'), join(out, 'ada_b_.html')],
  });
  expect(JSON.parse(readFileSync(join(out, 'ada_b_.json'), 'utf8'))).toMatchObject({ version: 1 });
  expect(readFileSync(join(out, 'ada_b_.html'), 'utf8')).toContain('ada/../&lt;b&gt;');
  expect(existsSync(join(host.data, 'ada_b_.json'))).toBe(false);
});
