/** Profiles whose time has come: they lie in buckets of five minutes, and a bucket is looked at when it is over. */
import type { Item } from '../../domain/ports.ts';
import { DUE_MS, DUE_SHARDS, duePartition } from '../../domain/segments/keys.ts';
import type { Work } from './sweep.ts';

/** Buckets that are looked at again: a slow writer may have come late. */
const AGAIN = 3;
/** A host that was off for longer looks no further back: the daily pass finds the rest. */
const MOST = (2 * 86_400_000) / DUE_MS;

/** Returns how many were looked at, and the bucket up to which all is done. */
export async function lookAtDue(work: Work, doneBucket: number): Promise<{ done: number; bucket: number }> {
  const newest = Math.floor(work.now / DUE_MS);
  let done = 0;
  let bucket = Math.max(doneBucket - AGAIN, newest - MOST);
  for (; bucket <= newest; bucket++) {
    for (let shard = 0; shard < DUE_SHARDS; shard++) {
      if (work.isOver()) return { done, bucket: Math.max(doneBucket, bucket - 1) };
      done += await lookAt(work, duePartition(bucket, shard));
    }
  }
  return { done, bucket: newest };
}

/** Entries go once they were looked at, so the first page is always the next. */
async function lookAt(work: Work, pk: string): Promise<number> {
  let done = 0;
  while (!work.isOver()) {
    const { items } = await work.table.query({ pk, limit: 500 });
    if (items.length === 0) break;
    for (const [tenant, ids] of byTenant(items)) await work.assessor.assess(tenant, ids);
    await work.table.delete(items);
    done += items.length;
  }
  return done;
}

function byTenant(items: readonly Item[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { sk } of items) {
    const end = sk.indexOf('#');
    const tenant = sk.slice(end + 1);
    found.set(tenant, [...(found.get(tenant) ?? []), sk.slice(0, end)]);
  }
  return found;
}
