/** Word of changed profiles as stream functions read it. */
import type { StreamRecord } from '../domain/ports.ts';
import type { ProfileChanged } from '../events/envelope.ts';
import { isObject, type Json } from '../events/json.ts';
import { unpack } from '../events/packed.ts';

export interface Changed {
  readonly ids: Set<string>;
  /** Those of them that took another profile over. */
  readonly merged: Set<string>;
  /** Those of whom nothing was known before. */
  readonly first: Set<string>;
}

/** Profiles by tenant, each once. @throws for a record that is none of `changes`. */
export function changedIn(records: readonly StreamRecord[]): Map<string, Changed> {
  const changed = new Map<string, Changed>();
  for (const { data } of records) {
    for (const part of unpack(data).parts) {
      const { tenant, profileId, kind, first } = readChange(part);
      const known = changed.get(tenant) ?? { ids: new Set(), merged: new Set(), first: new Set() };
      changed.set(tenant, known);
      known.ids.add(profileId);
      if (kind === 'merged') known.merged.add(profileId);
      if (first) known.first.add(profileId);
    }
  }
  return changed;
}

/** One for nearly every event, and several functions read each: a schema took longer than what they do with it. */
function readChange(bytes: Uint8Array): Pick<ProfileChanged, 'tenant' | 'profileId' | 'kind' | 'first'> {
  const value: Json = JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
  );
  if (isObject(value) && value['version'] === 1) {
    const { tenant, profileId, kind } = value;
    if (
      typeof tenant === 'string' &&
      typeof profileId === 'string' &&
      (kind === 'changed' || kind === 'merged')
    )
      return { tenant, profileId, kind, ...(value['first'] === true && { first: true }) };
  }
  throw new TypeError('not word of a changed profile');
}
