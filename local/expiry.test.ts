import { expect, it } from 'vitest';
import { EmbeddedObjects } from '../adapters/embedded/objects.ts';
import { folders } from '../functions/chain.ts';
import { namesOf } from '../functions/uses.ts';
import { testFolder } from '../test/fixtures/folder.ts';
import { expireObjects } from './expiry.ts';

const DAY_MS = 86_400_000;

it('deletes the objects of each folder after its days, and of those without days never', async () => {
  using folder = testFolder();
  const objects = new EmbeddedObjects(folder.path);
  const names = namesOf(folders);
  for (const name of names) await objects.put(`${name}/shop/one`, new Uint8Array(1));
  const left = async (): Promise<string[]> => {
    const page = await objects.list({ prefix: '' });
    return page.items.map(({ key }) => key.split('/')[0] ?? '');
  };
  const written = Date.now();
  for (const days of [0.9, 1.1, 6.9, 7.1, 29.9, 30.1, 89.9, 90.1, 10_000]) {
    await expireObjects(objects, written + days * DAY_MS);
    const staying = names.filter((name) => (folders[name].expireDays ?? Number.POSITIVE_INFINITY) > days);
    expect(await left()).toEqual(staying.sort());
  }
});
