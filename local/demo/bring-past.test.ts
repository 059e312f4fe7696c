/** The past comes in through the front door, as far as it is taken, and never twice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { testFolder } from '../../test/fixtures/folder.ts';
import { startTestHost, type TestHost } from '../../test/fixtures/host.ts';
import { bringPast } from './bring-past.ts';
import { readMark, writeMark } from './mark.ts';

const until = Date.now();
let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.remove());

const bring = (options: { readonly secretKey?: string; readonly signal?: AbortSignal } = {}) =>
  bringPast({
    url: host.url,
    secretKey: host.secretKey,
    days: 2,
    until,
    onProgress: () => {},
    signal: new AbortController().signal,
    ...options,
  });

it('is applied once, however often it is sent', async () => {
  const sent = await bring();
  expect(await bring()).toBe(sent);
  const { totals } = await host.drain();
  expect(totals).toMatchObject({ accepted: 2 * sent, applied: sent, duplicates: sent });
  const { body } = await host.get('/api/ledger');
  expect(z.parse(z.object({ totals: z.object({ quarantined: z.number() }) }), body).totals.quarantined).toBe(
    0,
  );
});

it('says so when it is not taken, and stops when told to', async () => {
  await expect(bring({ secretKey: 'sk_wrong' })).rejects.toThrow('401');
  expect(await bring({ signal: AbortSignal.abort() })).toBe(0);
});

it('ends at the same moment after an interruption', () => {
  using folder = testFolder();
  const first = readMark(folder.path, until);
  expect(first).toEqual({ until, brought: false });
  expect(readMark(folder.path, until + 1000)).toEqual(first);
  writeMark(folder.path, { ...first, brought: true });
  expect(readMark(folder.path, until + 1000)).toEqual({ until, brought: true });
});
