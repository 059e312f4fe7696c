import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { functionNames, nativePackages } from '../../functions/chain.ts';
import { testFolder } from '../fixtures/folder.ts';

const app = join(import.meta.dirname, '../../infra/app.ts');
const run = promisify(execFile);

/** Synthesises as `npm run synth` does, with every way out of this machine leading nowhere. */
const synth = (stage: string, folder: string): Promise<unknown> => {
  const nowhere = 'http://127.0.0.1:9';
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    WELLSPRING_STAGE: stage,
    CDK_OUTDIR: folder,
    HTTPS_PROXY: nowhere,
    HTTP_PROXY: nowhere,
  };
  return run(process.execPath, ['--use-env-proxy', app], { env });
};

it('builds every function and both stacks without account, credentials or network', {
  timeout: 90_000,
}, async () => {
  using folder = testFolder();
  await synth('prod', folder.path);
  const files = readdirSync(folder.path);
  expect(files).toEqual(
    expect.arrayContaining(['wellspring-prod-data.template.json', 'wellspring-prod-chain.template.json']),
  );
  const bundles = files.filter((file) => file.startsWith('asset.'));
  // One folder of code for each function and each layer.
  expect(bundles).toHaveLength(functionNames.length + nativePackages.length);
  const template = readFileSync(join(folder.path, 'wellspring-prod-chain.template.json'), 'utf8');
  expect(template).toContain('nodejs24.x');
});

it('refuses a stage that it does not know', async () => {
  using folder = testFolder();
  await expect(synth('staging', folder.path)).rejects.toMatchObject({
    stderr: expect.stringContaining('No stage "staging": choose dev or prod.'),
  });
});
