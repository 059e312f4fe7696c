/** What every object store must do, whatever it is built on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ObjectInfo, Objects } from '../../domain/ports.ts';
import { noise } from '../fixtures/noise.ts';

export interface ObjectsUnderTest {
  readonly objects: Objects;
  readonly close: () => Promise<void>;
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (value: Uint8Array | undefined): string | undefined =>
  value && new TextDecoder().decode(value);

export function objectsContract(open: () => Promise<ObjectsUnderTest>): void {
  let objects: Objects;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ objects, close } = await open());
  });
  afterAll(() => close());

  const list = async (prefix: string, limit?: number): Promise<ObjectInfo[][]> => {
    const pages: ObjectInfo[][] = [];
    let cursor: string | undefined;
    do {
      const page = await objects.list({
        prefix,
        ...(limit === undefined ? {} : { limit }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      pages.push(page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return pages;
  };

  it('gives back what was put, and the newest of several puts', async () => {
    await objects.put('get/a/b.json', bytes('old'));
    await objects.put('get/a/b.json', bytes('new'));
    expect(textOf(await objects.get('get/a/b.json'))).toBe('new');
    expect(await objects.get('get/a/none')).toBeUndefined();
    expect(await objects.get('get/a')).toBeUndefined();
    expect(await objects.get('get/a/b.json/c')).toBeUndefined();
  });

  it('keeps any bytes, also none', async () => {
    const random = noise(300_000, 7);
    await objects.put('bytes/noise', random);
    await objects.put('bytes/empty', new Uint8Array());
    expect(Buffer.compare(Buffer.from((await objects.get('bytes/noise')) ?? []), Buffer.from(random))).toBe(
      0,
    );
    expect((await objects.get('bytes/empty'))?.length).toBe(0);
  });

  it('lists in order of the whole key, by prefix and by pages', async () => {
    const keys = ['list/b/2', 'list/a', 'list/b-1', 'list/b/10', 'list/c/x/y', 'listed/z', 'list/b/day=1/f'];
    for (const key of keys) await objects.put(key, bytes(key));
    const sorted = keys.filter((key) => key.startsWith('list/')).sort();
    expect((await list('list/')).flat().map((info) => info.key)).toEqual(sorted);
    const pages = await list('list/', 2);
    expect(pages.every((page) => page.length <= 2)).toBe(true);
    expect(pages.flat().map((info) => info.key)).toEqual(sorted);
    expect((await list('list/b')).flat().map((info) => info.key)).toEqual(
      sorted.filter((key) => key.startsWith('list/b')),
    );
    expect((await list('list')).flat()).toHaveLength(keys.length);
    expect((await list('nothing/')).flat()).toEqual([]);
  });

  it('tells size and time', async () => {
    await objects.put('info/a', bytes('12345'));
    const [info] = (await list('info/')).flat();
    expect(info?.size).toBe(5);
    expect(info?.modifiedAt).toBeGreaterThan(1_600_000_000_000);
  });

  it('deletes, also what does not exist', async () => {
    await objects.put('delete/a', bytes('a'));
    await objects.put('delete/b', bytes('b'));
    await objects.delete(['delete/a', 'delete/never']);
    await objects.delete([]);
    expect((await list('delete/')).flat().map((info) => info.key)).toEqual(['delete/b']);
  });
}
