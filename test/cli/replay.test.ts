/** From a refused event to a mended one, on the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../fixtures/host.ts';
import { wellspring } from './running.ts';

let host: TestHost;

beforeEach(async () => {
  host = await startTestHost();
  const good = { type: 'track', event: 'Tested', anonymousId: 'a-1', messageId: 'm-0' };
  const broken = [1, 2].map((n) => ({ ...good, messageId: `m-${n}`, type: 'trakc' }));
  await host.send('/v1/batch', JSON.stringify({ batch: [good, ...broken] }));
  await host.drain();
});

afterEach(() => host.remove());

const run = (...args: string[]): ReturnType<typeof wellspring> => wellspring(...args, '--data', host.data);

async function counts(): Promise<object> {
  return JSON.parse((await run('drain', '--json')).stdout).totals;
}

test('mended events are applied once, however often they are replayed', async () => {
  const printed = (await run('quarantine', '--reason', 'invalid_type')).stdout;
  expect(printed.trim().split('\n')).toHaveLength(2);
  const file = join(host.data, 'mended.ndjson');
  writeFileSync(file, printed.replaceAll('trakc', 'track'));
  const first = await run('replay', '--quarantine', '--file', file, '--json');
  expect(JSON.parse(first.stdout)).toMatchObject({ replayed: 2, corrected: 2 });
  expect(await counts()).toMatchObject({ applied: 3, duplicates: 0, quarantined: 2 });
  const before = (await host.get('/api/profiles/a-1')).body;
  await run('replay', '--quarantine', '--file', file);
  expect(await counts()).toMatchObject({ accepted: 7, applied: 3, duplicates: 2, quarantined: 2 });
  expect((await host.get('/api/profiles/a-1')).body).toMatchObject(
    JSON.parse(JSON.stringify(before, (name, value) => (name === 'version' ? undefined : value))),
  );
});

test('what is still wrong lands in quarantine again, and nowhere else', async () => {
  expect((await run('replay', '--quarantine')).stdout).toMatch(/replayed\s+2/);
  expect(await counts()).toMatchObject({ accepted: 5, applied: 1, quarantined: 4 });
});

test('a file that is no NDJSON is refused with the line', async () => {
  const file = join(host.data, 'wrong.ndjson');
  writeFileSync(file, '{"receipt":"0:1:1"}\nnot json\n');
  const { code, stderr } = await run('replay', '--quarantine', '--file', file);
  expect(code).toBe(1);
  expect(stderr).toContain('Line 2');
  expect(stderr).toContain('[refused]');
});
