/** Word of changed profiles as stream functions read it. */
import * as z from 'zod/mini';
import type { StreamRecord } from '../domain/ports.ts';
import { unpack } from '../events/packed.ts';

const changeSchema = z.object({
  version: z.literal(1),
  tenant: z.string(),
  profileId: z.string(),
  kind: z.enum(['changed', 'merged']),
});

export interface Changed {
  readonly ids: Set<string>;
  /** Those of them that took another profile over. */
  readonly merged: Set<string>;
}

/** Profiles by tenant, each once. @throws for a record that is none of `changes`. */
export function changedIn(records: readonly StreamRecord[]): Map<string, Changed> {
  const changed = new Map<string, Changed>();
  for (const { data } of records) {
    for (const part of unpack(data).parts) {
      const { tenant, profileId, kind } = changeSchema.parse(JSON.parse(new TextDecoder().decode(part)));
      const known = changed.get(tenant) ?? { ids: new Set(), merged: new Set() };
      changed.set(tenant, known);
      known.ids.add(profileId);
      if (kind === 'merged') known.merged.add(profileId);
    }
  }
  return changed;
}
