/** What an erasure works with on one machine. */
import { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import type { Counts } from '../domain/privacy/request.ts';
import { type StreamName, streams } from '../functions/chain.ts';
import type { ForgetServices, Retention } from '../functions/forget/work.ts';
import { namesOf, usesOf } from '../functions/uses.ts';
import { files } from './files.ts';
import type { LocalServices } from './services.ts';
import { type UpkeepSettings, upkeepOf } from './upkeep.ts';

const plain = { decode: (data: Uint8Array) => data, encode: (data: Uint8Array) => data };

export async function forgetServices(
  local: LocalServices,
  data: string,
  upkeep?: UpkeepSettings,
): Promise<ForgetServices> {
  const { clock, metrics, secret, objects } = local;
  return {
    clock,
    metrics,
    secret,
    streams: { memberships: local.stream('memberships') },
    tables: {
      privacy: local.table('privacy'),
      suppression: local.table('suppression'),
      profiles: local.table('profiles'),
      segments: local.table('segments'),
      access: local.table('access'),
      statistics: local.table('statistics'),
      vault: local.table('vault'),
      destinations: local.table('destinations'),
    },
    objects,
    lake: await local.lake(),
    failures: { objects, prefix: 'failures/', coding: plain },
    retention: retentionOf(data, upkeep),
    scrub: async () => scrub(local),
  };
}

/** Records stay for a while after all have read them, and until the next round of upkeep. */
function retentionOf(data: string, upkeep: UpkeepSettings | undefined): Retention {
  const { everyMs, keptMs } = upkeepOf(upkeep);
  return {
    until: (at) => at + keptMs + everyMs,
    isOver: (at) => namesOf(streams).every((name) => oldestIn(data, name) > at),
  };
}

function oldestIn(data: string, name: StreamName): number {
  const reader = new EmbeddedStreamReader(files.stream(data, name));
  const oldest = reader.shards().map((shard) => reader.waiting(shard, '').oldest ?? Number.POSITIVE_INFINITY);
  reader.close();
  return Math.min(Number.POSITIVE_INFINITY, ...oldest);
}

/** Every file in which an erasure deletes, or from which it waits for records to go, is written anew. */
function scrub(local: LocalServices): Counts {
  const tables = [...usesOf('forget').tables.keys()].map((name) => local.table(name));
  const all = [...tables, ...namesOf(streams).map((name) => local.stream(name))];
  const bytes = all.reduce((sum, file) => sum + file.scrub(), 0);
  return { scanned: all.length, changed: all.length, rows: 0, bytes };
}
