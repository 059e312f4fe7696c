import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tar } from '../../models/sagemaker/tar.ts';
import { testFolder } from '../../test/fixtures/folder.ts';
import { untar } from './untar.ts';

const files = [
  { path: 'weights.json', data: Buffer.from('{}') },
  { path: 'empty', data: new Uint8Array() },
  { path: 'weights.bin', data: new Uint8Array(1300).fill(7) },
];

it('reads what our own archives hold', () => {
  expect([...untar(tar(files))]).toEqual(files.map(({ path, data }) => [path, new Uint8Array(data)]));
});

it('reads what the system writes, and passes over folders', () => {
  using folder = testFolder();
  for (const { path, data } of files) writeFileSync(join(folder.path, path), data);
  const archive = execFileSync('tar', ['-cf', '-', '-C', folder.path, '.']);
  const found = untar(archive);
  expect([...found.keys()].sort()).toEqual(['empty', 'weights.bin', 'weights.json']);
  expect([...(found.get('weights.bin') ?? [])]).toEqual([...(files[2]?.data ?? [])]);
});

it('refuses an archive that ends early, or is none', () => {
  expect(() => untar(tar(files).subarray(0, 3 * 512 + 100))).toThrow(RangeError);
  expect(() => untar(new Uint8Array(600).fill(90))).toThrow(RangeError);
});
