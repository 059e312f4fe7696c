/** `wellspring start` as a person meets it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { files } from '../../local/files.ts';
import { testFolder } from '../fixtures/folder.ts';
import { type Ready, startCommand, wellspring } from './running.ts';

const running = new Set<Ready>();

async function start(data: string, ...args: string[]): Promise<Ready> {
  const started = await startCommand(data, ...args);
  running.add(started);
  return started;
}

async function stop(
  host: Ready,
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; events: string[] }> {
  running.delete(host);
  return host.stop(signal);
}

afterEach(async () => {
  for (const host of running) await host.stop('SIGKILL');
  running.clear();
});

test('starts, takes an event, stops on Ctrl-C, and goes on where it was with the same keys', async () => {
  using folder = testFolder();
  const first = await start(folder.path, '--no-demo');
  expect((await fetch(`${first.url}/health`)).status).toBe(200);
  expect(await first.track({ anonymousId: 'a-1', messageId: 'm-1' })).toBe(200);
  expect(await stop(first)).toMatchObject({ code: 0, events: ['ready', 'stopping', 'stopped'] });
  const second = await start(folder.path, '--no-demo');
  expect(second.writeKey).toBe(first.writeKey);
  expect((await wellspring('drain', '--data', folder.path)).code).toBe(0);
  expect(await second.get('/api/profiles/a-1')).toMatchObject({ profile: { dynamic: { events: 1 } } });
  await stop(second);
});

test('loses nothing that was answered when it is killed', async () => {
  using folder = testFolder();
  const first = await start(folder.path, '--no-demo');
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => first.track({ anonymousId: `a-${i % 5}`, messageId: `m-${i}` })),
  );
  await stop(first, 'SIGKILL');
  expect(answers).toEqual(answers.map(() => 200));
  const second = await start(folder.path, '--no-demo');
  const drained = await wellspring('drain', '--data', folder.path, '--json');
  expect(JSON.parse(drained.stdout)).toMatchObject({ totals: { accepted: 50, applied: 50 }, inFlight: 0 });
  await stop(second);
});

test('lets demo shoppers in through the front door', async () => {
  using folder = testFolder();
  const host = await start(folder.path, '--rate', '200', '--past', '0');
  await expect
    .poll(() => host.get('/api/ledger'), { timeout: 10_000 })
    .toMatchObject({ totals: { applied: expect.toSatisfy((count: number) => count >= 20) } });
  await stop(host);
});

test('says what to do when the folder or the port is taken', async () => {
  using folder = testFolder();
  using other = testFolder();
  const host = await start(folder.path, '--no-demo');
  const sameFolder = await wellspring('start', '--no-demo', '--port', '0', '--data', folder.path);
  expect(sameFolder.code).toBe(1);
  expect(sameFolder.stderr).toContain('[data_in_use]');
  const { port } = new URL(host.url);
  const samePort = await wellspring('start', '--no-demo', '--port', port, '--data', other.path);
  expect(samePort.code).toBe(1);
  expect(samePort.stderr).toContain('[port_in_use]');
  expect(samePort.stderr).toContain('--port');
  await stop(host);
});

test('says in one line which function died, and what to do', async () => {
  using folder = testFolder();
  const file = files.checkpoints(folder.path, 'features');
  mkdirSync(dirname(file));
  writeFileSync(file, 'no database '.repeat(100));
  const options = ['--json', '--no-demo', '--port', '0', '--data', folder.path];
  const { code, stdout, stderr } = await wellspring('start', ...options);
  expect(code).toBe(1);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'function_died', function: 'features' });
  expect(stderr).toContain('[function_died]');
  expect(stderr).not.toContain('    at ');
});

test('explains itself', async () => {
  const { code, stdout } = await wellspring('--help');
  expect(code).toBe(0);
  for (const command of ['start', 'import', 'replay', 'drain']) expect(stdout).toContain(command);
  expect((await wellspring('start', '--port', 'soon')).stderr).toContain('--port');
});
