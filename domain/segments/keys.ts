/** Where things lie in the table `segments`. */
import type { Key } from '../ports.ts';

/** Partitions of the people of a tenant: ids are keyed hashes, so their first digit spreads them evenly. */
export const shards = [...'0123456789abcdef'];

export const definitionsPartition = (tenant: string): string => `${tenant}#segments`;
/** Under this value of the index lie the definitions of all tenants. */
export const DEFINITIONS = 'segments';

export const standingKey = (tenant: string, profileId: string): Key => ({
  pk: peoplePartition(tenant, profileId[0] ?? '0'),
  sk: profileId,
});
export const peoplePartition = (tenant: string, shard: string): string => `${tenant}#people#${shard}`;

/** Lists of people of whom nothing was known before, by batch, until a first segment makes standings of them. */
export const newPeoplePartition = (tenant: string): string => `${tenant}#new`;

export const memberKey = (tenant: string, segment: string, profileId: string): Key => ({
  pk: membersPartition(tenant, segment),
  sk: profileId,
});
export const membersPartition = (tenant: string, segment: string): string => `${tenant}#members#${segment}`;

/** Word of who may have changed, by minute, for those who keep facts in memory. */
export const journalPartition = (tenant: string, minute: number): string => `${tenant}#journal#${minute}`;
export const MINUTE_MS = 60_000;

/** How far the pass over all people of a tenant has come. */
export const passKey = (tenant: string): Key => ({ pk: `${tenant}#pass`, sk: 'P' });
/** Who sweeps, and which buckets are done. */
export const sweepKey: Key = { pk: '#sweep', sk: 'S' };

/** Due moments are rounded up to buckets of five minutes. */
export const DUE_MS = 300_000;
export const DUE_SHARDS = 4;
export const bucketOf = (until: number): number => Math.ceil(until / DUE_MS);
export const duePartition = (bucket: number, shard: number): string => `#due#${bucket}#${shard}`;
export const dueKey = (bucket: number, tenant: string, profileId: string): Key => ({
  pk: duePartition(bucket, Number.parseInt(profileId[0] ?? '0', 16) % DUE_SHARDS),
  sk: `${profileId}#${tenant}`,
});
