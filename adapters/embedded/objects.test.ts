import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { EmbeddedObjects } from './objects.ts';

let folder: TestFolder;
let objects: EmbeddedObjects;
beforeEach(() => {
  folder = testFolder();
  objects = new EmbeddedObjects(join(folder.path, 'lake'));
});
afterEach(() => folder[Symbol.dispose]());

it.each(['', '..', '../x', 'a/../../x', 'a//b', '/etc/x', './x', 'a/.', 'a\\..\\x', 'a\0b', '.put-1'])(
  'refuses the key %j',
  async (key) => {
    await expect(objects.put(key, new Uint8Array([1]))).rejects.toThrow(TypeError);
    await expect(objects.get(key)).rejects.toThrow(TypeError);
    await expect(objects.delete([key])).rejects.toThrow(TypeError);
    expect(readdirSync(folder.path)).toEqual([]);
  },
);

it('leaves nothing behind but the object, and shows no file that is still being written', async () => {
  await objects.put('a/b/c', new Uint8Array([1]));
  await objects.put('a/b/c', new Uint8Array([2]));
  expect(readdirSync(join(folder.path, 'lake/a/b'))).toEqual(['c']);
  writeFileSync(join(folder.path, 'lake/a/b/.put-0011'), 'half');
  expect((await objects.list({ prefix: '' })).items.map((info) => info.key)).toEqual(['a/b/c']);
});

it('removes its own half-written file and says so when an object cannot be stored', async () => {
  await objects.put('a/b', new Uint8Array([1]));
  await expect(objects.put('a/b/c', new Uint8Array([1]))).rejects.toMatchObject({
    code: 'objects_unavailable',
  });
  await objects.put('folder/x', new Uint8Array([1]));
  await expect(objects.put('folder', new Uint8Array([1]))).rejects.toMatchObject({
    code: 'objects_unavailable',
  });
  expect(readdirSync(join(folder.path, 'lake')).sort()).toEqual(['a', 'folder']);
});
