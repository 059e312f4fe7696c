/** Reads what `domain/quarantine.ts` wrote: files of refused events, by tenant and hour of receipt. */
import * as z from 'zod/mini';
import { compareSequence, type Objects } from '../../domain/ports.ts';
import type { Quarantined } from '../../events/envelope.ts';
import { parseEnvelope } from '../../events/envelope-schema.ts';

const entrySchema = z.object({
  version: z.literal(1),
  receipt: z.string(),
  tenant: z.string(),
  source: z.string(),
  reason: z.string(),
  detail: z.optional(z.string()),
  step: z.enum(['clean', 'features']),
  at: z.number(),
  envelope: z.unknown(),
  original: z.string(),
  digest: z.string(),
});

function readEntry(line: string): Quarantined {
  const { envelope, detail, ...entry } = entrySchema.parse(JSON.parse(line));
  return {
    ...entry,
    ...(detail === undefined ? {} : { detail }),
    envelope: parseEnvelope(JSON.stringify(envelope)),
  };
}

/** Where to read on: a page of the listing, a file, and a line in it. */
export interface Position {
  /** The store's own cursor; undefined on the first page. */
  readonly page: string | undefined;
  readonly key: string;
  readonly line: number;
}

export interface Found {
  readonly entry: Quarantined;
  readonly position: Position;
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Folder of a tenant, or of one of its days (`YYYY-MM-DD`), or of one hour of it. */
export const folderOf = (tenant: string, day?: string, hour?: string): string =>
  `quarantine/${[tenant, day, hour].filter((part) => part !== undefined).join('/')}/`;

/** Folder of the entries of one moment of receipt, ms. */
export function hourOf(tenant: string, receivedAt: number): string {
  const iso = new Date(receivedAt).toISOString();
  return folderOf(tenant, iso.slice(0, 10), iso.slice(11, 13));
}

/** Files of a folder in order of their names, which begin with the hour; `from` skips what lies before it. */
export async function* filesOf(
  objects: Objects,
  folder: string,
  from?: Position,
): AsyncGenerator<{ key: string; page: string | undefined }> {
  let page = from?.page;
  for (;;) {
    const { items, cursor } = await objects.list({
      prefix: folder,
      ...(page === undefined ? {} : { cursor: page }),
    });
    for (const { key } of items) if (!from || byBytes(key, from.key) >= 0) yield { key, page };
    if (cursor === undefined) return;
    page = cursor;
  }
}

/** The entries of one file; none when it expired meanwhile. */
export async function entriesOf(objects: Objects, key: string): Promise<Quarantined[]> {
  const bytes = await objects.get(key);
  if (!bytes) return [];
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => line !== '').map(readEntry);
}

/**
 * Whether a file may hold an entry, by its name alone. What clean refuses lies in the order of its shard
 * between the two receipts of the name; what features refuses comes from many shards.
 */
export function mayHold(key: string, receipt: string): boolean {
  const name = /\/clean-(.+)-(\d+)-(\d+)-\1-(\d+)-(\d+)\.ndjson$/.exec(key);
  if (!name) return true;
  const [, shard, first = '', , last = ''] = name;
  const [, ownShard, sequence = ''] = /^(.+):(\d+):\d+$/.exec(receipt) ?? [];
  return ownShard === shard && compareSequence(first, sequence) <= 0 && compareSequence(sequence, last) <= 0;
}
