/** A retraining run that ends, and one that is ended. */
import { expect, it } from 'vitest';
import { testFolder } from '../../test/fixtures/folder.ts';
import { startRetrain } from './process.ts';

const settings = { secret: '5e'.repeat(32), tenant: 'local', models: ['neighbours'] as const };

it('says why nothing came of it', async () => {
  using folder = testFolder();
  const run = startRetrain({ ...settings, data: folder.path }, () => {});
  expect(await run.result).toContain('learning needs');
  await run.stop();
});

it('ends at any moment, and nothing came of it', async () => {
  using folder = testFolder();
  const run = startRetrain({ ...settings, data: folder.path }, () => {});
  await run.stop();
  expect(await run.result).toBeUndefined();
});
