/**
 * What follows a stored standing: the lists of members, word on the stream, and then the note that both are done. Each may
 * happen again and changes nothing the second time; whoever notes it last has worked from the newest standing.
 */
import type { Stream, Table } from '../../domain/ports.ts';
import { memberKey } from '../../domain/segments/keys.ts';
import { encodeStanding, type Standing } from '../../domain/segments/standing.ts';
import type { MembershipChanged } from '../../events/envelope.ts';
import { batchHeader } from '../../events/envelope-schema.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import type { Looked } from './look.ts';

export interface Open extends Pick<Looked, 'id' | 'key'> {
  readonly standing: Standing;
  readonly version: number;
  /** Lists to set right besides those that the standing names. */
  readonly lists: ReadonlySet<string>;
}

export interface Outside {
  readonly segments: Table;
  readonly memberships: Stream;
}

/** Returns those whose standing somebody else wrote meanwhile: they must be looked at again. */
export async function settle(outside: Outside, tenant: string, open: readonly Open[]): Promise<Open[]> {
  if (open.length === 0) return [];
  await list(outside.segments, tenant, open);
  await announce(outside.memberships, tenant, open);
  const gone = open.filter(({ standing }) => standing.gone);
  await outside.segments.delete(gone.map(({ key }) => key));
  const staying = open.filter(({ standing }) => !standing.gone && standing.out.length > 0);
  const results = await outside.segments.put(
    staying.map(({ key, standing, version }) => ({
      ...key,
      data: encodeStanding({ ...standing, out: [] }),
      expect: version,
    })),
  );
  return staying.filter((_, i) => results[i]?.outcome !== 'written');
}

async function list(table: Table, tenant: string, open: readonly Open[]): Promise<void> {
  const puts = [];
  const deletes = [];
  for (const { id, standing, lists } of open) {
    const since = new Map(standing.in);
    for (const segment of new Set([...standing.out.map((move) => move.segment), ...lists])) {
      const key = memberKey(tenant, segment, id);
      const entered = since.get(segment);
      if (entered === undefined) deletes.push(key);
      else puts.push({ ...key, data: new TextEncoder().encode(JSON.stringify({ since: entered })) });
    }
  }
  await table.put(puts);
  await table.delete(deletes);
}

async function announce(stream: Stream, tenant: string, open: readonly Open[]): Promise<void> {
  const packer = new LanePacker(streams.memberships.lanes);
  for (const { id: profileId, standing } of open) {
    for (const { segment, kind, at } of standing.out) {
      const change: MembershipChanged = {
        version: 1,
        id: `${profileId}-${segment}-${kind}-${at}`,
        tenant,
        profileId,
        segmentId: segment,
        kind,
        at,
      };
      packer.add(batchHeader(tenant), tenant, profileId, JSON.stringify(change));
    }
  }
  await stream.append(packer.take());
}
