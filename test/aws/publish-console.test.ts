/** Publishing the console to the bucket of a deployed stack. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishConsole } from '../../local/commands/publish.ts';
import { type Emulators, startEmulators } from '../fixtures/emulators.ts';
import { testFolder } from '../fixtures/folder.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
  await emulators.createBucket('pages');
});
afterAll(() => emulators.stop());

const outputs = {
  PagesBucket: 'pages',
  ConsoleUrl: 'https://d111.cloudfront.net',
  LoginUrl: 'https://wellspring-prod.auth.eu-west-1.amazoncognito.com',
  LoginClient: 'client-1',
};

it('uploads pages, files and the settings of the login, each with how long it may be kept', async () => {
  using folder = testFolder();
  const path = join(folder.path, 'outputs.json');
  writeFileSync(path, JSON.stringify({ 'wellspring-prod-data': {}, 'wellspring-prod-chain': outputs }));
  expect(await publishConsole({ outputs: path })).toBe(outputs.ConsoleUrl);
  const { Contents = [] } = await emulators.s3.send(new ListObjectsV2Command({ Bucket: 'pages' }));
  const keys = Contents.map(({ Key = '' }) => Key);
  expect(keys).toEqual(expect.arrayContaining(['index.html', 'me/index.html', 'config.json']));
  const read = (key: string) => emulators.s3.send(new GetObjectCommand({ Bucket: 'pages', Key: key }));
  const page = await read('index.html');
  expect([page.ContentType, page.CacheControl]).toEqual(['text/html; charset=utf-8', 'no-cache']);
  const script = await read(keys.find((key) => key.endsWith('.js')) ?? '');
  expect(script.CacheControl).toContain('immutable');
  const config = await read('config.json');
  expect(JSON.parse((await config.Body?.transformToString()) ?? '')).toMatchObject({
    login: 'oidc',
    authority: outputs.LoginUrl,
    clientId: 'client-1',
  });
});

it('says so when the outputs are of something else', async () => {
  using folder = testFolder();
  const path = join(folder.path, 'outputs.json');
  writeFileSync(path, JSON.stringify({ other: { Url: 'x' } }));
  await expect(publishConsole({ outputs: path })).rejects.toMatchObject({ code: 'invalid_settings' });
});
