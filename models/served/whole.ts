/** Which version of a model can serve: the promoted one or, where its files were changed or lost, the one before. */
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import type { Manifest } from '../registry/manifest.ts';
import { type ModelRef, readFile, readManifest, readPointer } from '../registry/registry.ts';

/** Remembers its verdict until another version is promoted: files never change once written. */
export class WholeVersions {
  readonly #objects: Objects;
  readonly #known = new Map<string, { readonly promoted: string; readonly whole: Manifest | undefined }>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Undefined when nothing serves, or no remembered version is whole. @throws WellspringError `objects_unavailable`. */
  async of(ref: ModelRef): Promise<Manifest | undefined> {
    const key = `${ref.tenant}/${ref.name}`;
    const pointer = await this.#pointer(ref);
    if (!pointer?.champion) return undefined;
    const known = this.#known.get(key);
    if (known?.promoted === pointer.champion) return known.whole;
    const whole = await this.#newest(ref, [pointer.champion, ...pointer.previous.toReversed()]);
    this.#known.set(key, { promoted: pointer.champion, whole });
    return whole;
  }

  /** A pointer that cannot be read points nowhere. */
  #pointer(ref: ModelRef): ReturnType<typeof readPointer> {
    return readPointer(this.#objects, ref).catch(unlessCorrupt);
  }

  async #newest(ref: ModelRef, versions: readonly string[]): Promise<Manifest | undefined> {
    for (const version of versions) {
      const manifest = await this.#check(ref, version).catch(unlessCorrupt);
      if (manifest) return manifest;
    }
    return undefined;
  }

  /** @throws WellspringError `model_corrupt` for the first file that is not what was stored. */
  async #check(ref: ModelRef, version: string): Promise<Manifest> {
    const manifest = await readManifest(this.#objects, ref, version);
    for (const file of Object.keys(manifest.files)) await readFile(this.#objects, ref, manifest, file);
    return manifest;
  }
}

function unlessCorrupt(error: unknown): undefined {
  if (error instanceof WellspringError && (error.code === 'model_corrupt' || error.code === 'model_unknown'))
    return undefined;
  throw error;
}
