/** Objects as files under one folder. A put is durable and atomic: readers see the old file or the new one. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectInfo, Objects, Page } from '../../domain/ports.ts';
import { storeError } from './database.ts';

const PAGE_OBJECTS = 1000;
/** Files being written; no key may begin so. */
const TEMPORARY = '.put-';
const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;

export class EmbeddedObjects implements Objects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Path of the file that holds a key. @throws TypeError for a key that names no file under the folder. */
  pathOf(key: string): string {
    return join(this.#root, ...checkKey(key).split('/'));
  }

  async put(key: string, data: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    return this.#guard(async () => {
      const folder = dirname(path);
      await makeFolder(folder);
      const temporary = join(folder, `${TEMPORARY}${randomBytes(8).toString('hex')}`);
      try {
        await writeDurably(temporary, data);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(folder);
    });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.pathOf(key);
    return this.#guard(async () => {
      try {
        return new Uint8Array(await readFile(path));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    });
  }

  async list(query: { prefix: string; limit?: number; cursor?: string }): Promise<Page<ObjectInfo>> {
    const limit = query.limit ?? PAGE_OBJECTS;
    return this.#guard(async () => {
      const keys: string[] = [];
      for await (const key of this.#keys('', query.prefix, query.cursor ?? '')) {
        keys.push(key);
        if (keys.length > limit) break;
      }
      const found = await Promise.all(keys.slice(0, limit).map((key) => this.#info(key)));
      const items = found.filter((info) => info !== undefined);
      const last = keys[limit - 1];
      return keys.length > limit && last !== undefined ? { items, cursor: last } : { items };
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.pathOf(key));
    return this.#guard(async () => {
      for (const path of paths) await rm(path, { force: true });
      for (const folder of new Set(paths.map((path) => dirname(path)))) await syncFolder(folder);
    });
  }

  /** Keys under `folder` (empty or ending in a slash) in order, skipping folders that cannot hold a match. */
  async *#keys(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    for (const name of await entries(join(this.#root, folder))) {
      const key = folder + name;
      if (!(key.startsWith(prefix) || prefix.startsWith(key))) continue;
      if (name.endsWith('/')) {
        if (after.startsWith(key) || byBytes(key, after) > 0) yield* this.#keys(key, prefix, after);
      } else if (key.startsWith(prefix) && byBytes(key, after) > 0) {
        yield key;
      }
    }
  }

  async #info(key: string): Promise<ObjectInfo | undefined> {
    try {
      const { size, mtimeMs } = await stat(this.pathOf(key));
      return { key, size, modifiedAt: Math.floor(mtimeMs) };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError('objects_unavailable', error);
    }
  }
}

function checkKey(key: string): string {
  const bad = key
    .split('/')
    .some((part) => part === '' || part === '.' || part === '..' || part.startsWith(TEMPORARY));
  if (bad || key.includes('\0') || key.includes('\\')) throw new TypeError('the key names no object');
  return key;
}

const isAbsent = (error: unknown): boolean =>
  errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || errorCode(error) === 'EISDIR';

/** The order of S3, which differs from that of JavaScript beyond the basic plane. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Names in a folder in key order; folders end in a slash, which takes part in the order. */
async function entries(path: string): Promise<string[]> {
  try {
    const found = await readdir(path, { withFileTypes: true });
    return found
      .filter((entry) => !entry.name.startsWith(TEMPORARY))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort(byBytes);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function writeDurably(path: string, data: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates missing folders and makes their names durable. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let at = folder; at !== dirname(first); at = dirname(at)) await syncFolder(dirname(at));
}

async function syncFolder(folder: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(folder, 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
