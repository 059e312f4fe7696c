/**
 * Which people a version of a model learned from: one file beside it, the first 8 bytes of every profile id, ascending. Ids
 * are keyed hashes, so the file says nothing without the secret; an id that is not in it is in it by chance once in 10^14.
 */
import type { Objects } from '../../domain/ports.ts';
import { list, type ModelRef } from './registry.ts';

const BYTES = 8;
const keyOf = ({ tenant, name }: ModelRef, version: string): string =>
  `models/${tenant}/${name}/${version}/people.bin`;

const stemOf = (profile: string): string => profile.slice(0, 2 * BYTES);

/** Stores whom a version learned from. `profiles`: hexadecimal ids, in any order. */
export async function writeLearned(
  objects: Objects,
  ref: ModelRef,
  version: string,
  profiles: readonly string[],
): Promise<void> {
  const stems = [...new Set(profiles.map(stemOf))].sort();
  await objects.put(keyOf(ref, version), Buffer.from(stems.join(''), 'hex'));
}

/** Versions of a tenant's models that learned from any of these profiles, and how many were looked at. */
export async function versionsThatLearnedFrom(
  objects: Objects,
  tenant: string,
  profiles: readonly string[],
): Promise<{
  readonly looked: number;
  readonly held: { readonly name: string; readonly version: string }[];
}> {
  const wanted = profiles.map((profile) => Buffer.from(stemOf(profile), 'hex'));
  const held: { name: string; version: string }[] = [];
  let looked = 0;
  for (const { name, versions } of await list(objects, tenant)) {
    for (const { version } of versions) {
      const stems = await objects.get(keyOf({ tenant, name }, version));
      looked++;
      if (stems && wanted.some((one) => holds(stems, one))) held.push({ name, version });
    }
  }
  return { looked, held };
}

/** Binary search among sorted stems. */
function holds(stems: Uint8Array, wanted: Buffer): boolean {
  let [low, high] = [0, Math.floor(stems.length / BYTES) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = Buffer.compare(stems.subarray(middle * BYTES, (middle + 1) * BYTES), wanted);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
