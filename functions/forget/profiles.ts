/** Profiles become empty marks that say so: events that are under way find them and are not taken for somebody new. */
import { WellspringError } from '../../domain/errors.ts';
import { type Item, pages, type Table } from '../../domain/ports.ts';
import { type Counts, noCounts, plus } from '../../domain/privacy/request.ts';
import {
  decodeProfile,
  encodeProfile,
  freshProfile,
  PROFILE,
  profileKey,
} from '../../domain/profile/item.ts';
import type { Done, Work } from './work.ts';

const ATTEMPTS = 20;

export async function eraseProfiles({ services, request, known }: Work): Promise<Done> {
  let counts = noCounts;
  for (const id of known.profiles) {
    counts = plus(counts, await eraseProfile(services.tables.profiles, request.tenant, id));
  }
  return { counts };
}

/** With everything that lies beside it: scores, older known messages. */
async function eraseProfile(table: Table, tenant: string, id: string): Promise<Counts> {
  const { pk } = profileKey(tenant, id);
  const items: Item[] = [];
  for await (const page of pages((from) => table.query({ pk, ...from }))) items.push(...page);
  const beside = items.filter(({ sk }) => sk !== PROFILE);
  const emptied = await empty(table, tenant, id);
  await table.delete(beside);
  return {
    scanned: items.length,
    changed: (emptied ? 1 : 0) + beside.length,
    rows: 0,
    bytes: items.reduce((sum, { data }) => sum + data.length, 0),
  };
}

/** False where there is none, or nothing is left of it. @throws WellspringError `conflict_persists`. */
async function empty(table: Table, tenant: string, id: string): Promise<boolean> {
  const key = profileKey(tenant, id);
  const nothing = freshProfile(tenant, id);
  const data = encodeProfile({ ...nothing, meta: { ...nothing.meta, erased: true } });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [item] = await table.get([key], { consistent: true });
    if (!item || decodeProfile(tenant, id, item).meta.erased) return false;
    const [result] = await table.put([{ ...key, data, expect: item.version }]);
    if (result?.outcome === 'written') return true;
  }
  throw new WellspringError('conflict_persists', 'a profile keeps changing');
}
