/**
 * The pass over all people of a tenant: after a segment was changed, and once a day, so that whatever went unnoticed is
 * set right. It keeps its place after every page.
 */
import * as z from 'zod/mini';
import { pages, type Table } from '../../domain/ports.ts';
import { DEFINITIONS, passKey, peoplePartition, shards } from '../../domain/segments/keys.ts';
import { readSegments } from '../../domain/segments/segment.ts';
import { idsIn, newPeople } from '../membership/new-people.ts';
import { KNOWN_MS } from '../membership/rules.ts';
import type { Work } from './sweep.ts';

const DAY_MS = 86_400_000;
/** By then nobody works with segments as they were before a change any more. */
const SETTLED_MS = KNOWN_MS + 25_000;
const PAGE = 400;

const passSchema = z.object({
  /** Revision that the pass is for, and when that was first seen, ms. */
  revision: z.int(),
  seenAt: z.number(),
  /** Start of the newest pass, ms. */
  startedAt: z.number(),
  /** Where it goes on; absent when it is done. */
  at: z.optional(z.object({ shard: z.int(), cursor: z.optional(z.string()) })),
});
type Pass = z.infer<typeof passSchema>;

/** Returns how many profiles were looked at. */
export async function passOverAll(work: Work): Promise<number> {
  let passed = 0;
  for (const tenant of await tenantsOf(work.table)) {
    if (work.isOver()) break;
    passed += await passOver(tenant, work);
  }
  return passed;
}

/** Tenants that have, or had, segments. */
async function tenantsOf(table: Table): Promise<Set<string>> {
  const tenants = new Set<string>();
  for await (const items of pages((from) => table.queryIndex({ index: DEFINITIONS, ...from })))
    for (const { pk } of items) tenants.add(pk.slice(0, pk.lastIndexOf('#')));
  return tenants;
}

async function passOver(tenant: string, work: Work): Promise<number> {
  const { table, now, assessor } = work;
  const [item] = await table.get([passKey(tenant)], { consistent: true });
  const known = item && passSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
  const { revision } = await readSegments(table, tenant);
  let pass = next(known, revision, now);
  let passed = pass?.at ? await passOverNew(tenant, work) : 0;
  while (pass?.at) {
    if (work.isOver()) break;
    const { shard, cursor } = pass.at;
    const page = await table.query({
      pk: peoplePartition(tenant, shards[shard] ?? ''),
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    await assessor.assess(
      tenant,
      page.items.map(({ sk }) => sk),
    );
    passed += page.items.length;
    pass = { ...pass, at: after(shard, page.cursor) };
    await table.put([{ ...passKey(tenant), data: new TextEncoder().encode(JSON.stringify(pass)) }]);
  }
  return passed;
}

/** Those who have no standing yet. Their lists go once they have: then the pass finds them among the others. */
async function passOverNew(tenant: string, { table, assessor, isOver }: Work): Promise<number> {
  let passed = 0;
  for await (const list of newPeople(table, tenant)) {
    if (isOver()) break;
    const ids = idsIn(list);
    await assessor.assess(tenant, ids);
    await table.delete([list]);
    passed += ids.length;
  }
  return passed;
}

const after = (shard: number, cursor: string | undefined): Pass['at'] =>
  cursor !== undefined ? { shard, cursor } : shard + 1 < shards.length ? { shard: shard + 1 } : undefined;

/** The pass to do now; undefined when nothing calls for one. */
function next(known: Pass | undefined, revision: number, now: number): Pass | undefined {
  const fresh: Pass = { revision, seenAt: now, startedAt: now, at: { shard: 0 } };
  if (known?.revision !== revision) return fresh;
  if (known.at) return known;
  const settled = known.seenAt + SETTLED_MS;
  const again = known.startedAt < settled && now >= settled;
  return again || now - known.startedAt > DAY_MS ? { ...fresh, seenAt: known.seenAt } : undefined;
}
