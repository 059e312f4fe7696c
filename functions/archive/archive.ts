/** Stream step: clean events -> Parquet files in the lake, without those of people on the suppression list. */
import type { StreamRecord, StreamResult } from '../../domain/ports.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { pack, unpack } from '../../events/packed.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import type { Services } from '../services.ts';
import { tenantsOf } from '../tenants.ts';

/** Builds the step. A batch that is delivered again overwrites what its first delivery wrote. */
export function makeArchive(
  services: Services<'archive'>,
): (records: readonly StreamRecord[]) => Promise<StreamResult> {
  const list = new SuppressionList(services.tables.suppression);
  const keep = (event: CleanEvent): boolean => !event.flags.includes('withheld') && !list.concerns(event);
  return async (records) => {
    const name = nameOf(records);
    if (name === undefined) return {};
    await list.refresh(tenantsOf(records));
    const parts = records.flatMap(partsOf);
    try {
      await services.lake.append(name, parts, keep);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await appendReadable(services, name, parts, keep);
    }
    return {};
  };
}

/** What is no clean event must not stop the shard: it is kept apart from the lake's files until somebody looks. */
async function appendReadable(
  { lake, objects, metrics }: Services<'archive'>,
  name: string,
  parts: readonly Uint8Array[],
  keep: (event: CleanEvent) => boolean,
): Promise<void> {
  const unreadable = parts.filter((part) => !isEvent(part));
  metrics.count('unreadable', unreadable.length);
  await objects.put(`events/unreadable/${name}.packed`, pack('{"version":1}', unreadable));
  await lake.append(name, parts.filter(isEvent), keep);
}

/** The time of arrival tells a stream that was emptied and began anew from the one before. */
function nameOf(records: readonly StreamRecord[]): string | undefined {
  const [first, last] = [records[0], records.at(-1)];
  if (!(first && last)) return undefined;
  return `${first.shard}-${first.sequence}-${last.sequence}-${first.arrivedAt}`;
}

/** A record that is no frame is its own only part, which is then no event either. */
function partsOf({ data }: StreamRecord): Uint8Array[] {
  try {
    return unpack(data).parts;
  } catch {
    return [data];
  }
}

function isEvent(part: Uint8Array): boolean {
  try {
    readCleanEvent(part);
    return true;
  } catch {
    return false;
  }
}
