/**
 * The lake's files as DuckDB needs them: on a path. Where objects lie in a folder DuckDB reads them there;
 * elsewhere they are fetched into temporary files first.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WellspringError } from '../../domain/errors.ts';
import { type ObjectInfo, type Objects, pages } from '../../domain/ports.ts';
import type { Lines } from './lines.ts';

/** Objects fetched at the same time. */
const PARALLEL = 8;
/** How often a question starts over because files were joined meanwhile. */
const ATTEMPTS = 5;

export interface FilesOptions {
  readonly objects: Objects;
  readonly root: string | undefined;
  /** Path of a new temporary file. */
  readonly temporary: (extension: string) => Promise<string>;
}

export class LakeFiles {
  readonly #options: FilesOptions;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /** Every key under a prefix. */
  async list(prefix: string): Promise<string[]> {
    return (await this.listed(prefix)).map(({ key }) => key);
  }

  /** Every object under a prefix. */
  async listed(prefix: string): Promise<ObjectInfo[]> {
    const found: ObjectInfo[] = [];
    for await (const items of pages((from) => this.#options.objects.list({ prefix, ...from })))
      found.push(...items);
    return found;
  }

  /** Those of the keys that still are there. */
  async existing(keys: readonly string[]): Promise<string[]> {
    const found = await Promise.all(keys.map((key) => this.#options.objects.list({ prefix: key, limit: 1 })));
    return keys.filter((key, i) => found[i]?.items[0]?.key === key);
  }

  /** Whether files are read where they lie. */
  get inPlace(): boolean {
    return this.#options.root !== undefined;
  }

  /** Runs `work` with every key under a prefix, and starts over when files were joined meanwhile. */
  async steadily<T>(prefix: string, work: (keys: readonly string[]) => Promise<T>): Promise<T> {
    let before: string | undefined;
    for (let attempt = 1; ; attempt++) {
      const keys = await this.list(prefix);
      try {
        return await work(keys);
      } catch (error) {
        const now = keys.join('\n');
        const moved = error instanceof WellspringError && error.retryable && before !== now;
        if (!moved || attempt >= ATTEMPTS) throw error;
        before = now;
      }
    }
  }

  /** Runs `work` with a view whose fetched files are deleted afterwards. */
  async reading<T>(
    work: (pathsOf: (keys: readonly string[]) => Promise<string[]>) => Promise<T>,
  ): Promise<T> {
    const { root } = this.#options;
    if (root !== undefined) return work(async (keys) => keys.map((key) => join(root, ...key.split('/'))));
    const fetched = new Map<string, string>();
    try {
      return await work(async (keys) => {
        const missing = keys.filter((key) => !fetched.has(key));
        for (let i = 0; i < missing.length; i += PARALLEL) {
          await Promise.all(
            missing.slice(i, i + PARALLEL).map(async (key) => fetched.set(key, await this.#fetch(key))),
          );
        }
        return keys.map((key) => fetched.get(key) ?? '');
      });
    } finally {
      for (const path of fetched.values()) await rm(path, { force: true });
    }
  }

  /** Stores under `key` the file that `write` makes. */
  async writing(key: string, write: (path: string) => Promise<void>): Promise<void> {
    const path = await this.#options.temporary('parquet');
    try {
      await write(path);
      await this.#options.objects.put(key, await readFile(path));
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Runs `work` with a temporary file that holds these lines. */
  async lending(lines: Lines, work: (path: string) => Promise<unknown>): Promise<void> {
    const path = await this.#options.temporary('ndjson');
    try {
      await writeFile(path, lines.blocks());
      await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#options.objects.delete(keys);
  }

  async #fetch(key: string): Promise<string> {
    const data = await this.#options.objects.get(key);
    if (!data) throw new WellspringError('objects_unavailable', 'a file of the lake is gone');
    const path = await this.#options.temporary('parquet');
    await writeFile(path, data);
    return path;
  }
}
