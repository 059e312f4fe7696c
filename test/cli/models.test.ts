/** `wellspring retrain`, `models`, `models rollback` and `serve-model` as a person meets them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credentials } from '../../local/credentials.ts';
import { TENANT } from '../../local/host.ts';
import { LocalServices } from '../../local/services.ts';
import { testFolder } from '../fixtures/folder.ts';
import { serveTiny } from '../fixtures/models.ts';
import { bringShop } from '../retrain/world.ts';
import { main, wellspring } from './running.ts';

const folder = testFolder();
const data = folder.path;

beforeAll(async () => {
  const { secret } = credentials(data);
  const clock = { now: () => Date.now() };
  const services = new LocalServices({ data, secret, clock, metrics: { count() {} }, onAppend() {} });
  const { objects } = services;
  const lake = await services.lake();
  const profiles = services.table('profiles');
  await bringShop({ lake, profiles, secret, tenant: TENANT, people: 80, until: clock.now() });
  for (const version of ['1-first', '2-second'])
    await serveTiny(objects, { tenant: TENANT, name: 'behaviour', version });
  await services.close();
});
afterAll(() => folder[Symbol.dispose]());

test('retrain shows its steps, everybody side by side with intervals, and why it promoted', async () => {
  const { code, stdout, stderr } = await wellspring('retrain', '--model', 'neighbours', '--data', data);
  expect(code).toBe(0);
  expect(stderr.split('\n')).toEqual(
    expect.arrayContaining([
      'snapshot',
      'train neighbours',
      'evaluate neighbours',
      'gate neighbours',
      'score',
    ]),
  );
  expect(stdout).toMatch(/^Learned from [\d,]+ events of \d+ people; data [0-9a-f]{12}\.$/m);
  expect(stdout).toMatch(/^neighbours \S+: promoted$/m);
  for (const row of ['popularity', 'challenger'])
    expect(stdout).toMatch(new RegExp(`^ +${row}( +0\\.\\d{4} \\[0\\.\\d{4}, 0\\.\\d{4}\\]){2}$`, 'm'));
  expect(stdout).toMatch(/^ {2}\+ Better than popularity in MRR@20 .* \(95 % from 0\.\d+ to 0\.\d+\)\.$/m);
});

test('models are listed with the one that serves, and the one before can serve again', async () => {
  expect((await wellspring('models', '--data', data)).stdout).toMatch(/^ {2}\* {2}2-second +passed +MRR@20/m);
  const back = await wellspring('models', 'rollback', 'behaviour', '--data', data);
  expect([back.code, back.stdout]).toEqual([0, 'behaviour is served by 1-first again.\n']);
  const listed = JSON.parse((await wellspring('models', '--json', '--data', data)).stdout);
  expect(listed[0]).toMatchObject({ name: 'behaviour', champion: '1-first' });
});

test('serve-model answers with the models of a folder, until it is told to stop', async () => {
  const models = join(data, 'lake', 'models', TENANT);
  const child = spawn(process.execPath, [main, 'serve-model', models, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith('ready')) break;
  }
  expect(lines[0]).toBe('serving behaviour, version 2-second');
  const url = /http:\S+/.exec(lines.at(-1) ?? '')?.[0] ?? '';
  expect((await fetch(`${url}/ping`)).status).toBe(200);
  expect(await (await fetch(`${url}/v2/models/behaviour`)).json()).toMatchObject({
    inputs: expect.arrayContaining([{ name: 'item', datatype: 'INT64', shape: [-1, 12] }]),
  });
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
});

test('retrain says what is missing', async () => {
  const nothing = await wellspring('retrain', '--data', join(data, 'nothing'));
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toContain('too_little_history');
});
