/** What the stores hold, read from their files after the system has stopped. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as z from 'zod/mini';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedStreamReader } from '../../adapters/embedded/stream-reader.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { type LedgerReport, readLedger } from '../../domain/ledger.ts';
import { pages } from '../../domain/ports.ts';
import { decodeProfile, PROFILE, type Profile } from '../../domain/profile/item.ts';
import { unpack } from '../../events/packed.ts';
import { files } from '../../local/files.ts';
import { TENANT } from '../../local/host.ts';

const clock = { now: (): number => Date.now() };
const quarantineLine = z.object({ reason: z.string(), original: z.string() });
const change = z.object({ id: z.string() });

/** Profiles by the subjects of their devices and users; tombstones lead to nobody. */
export async function peopleIn(data: string): Promise<Map<string, Profile>> {
  const table = new EmbeddedTable({ path: files.table(data, 'profiles'), clock });
  const found = new Map<string, Profile>();
  for await (const items of pages((from) => table.scan(from))) {
    for (const item of items) {
      const [tenant, id] = item.pk.split('#');
      if (item.sk !== PROFILE || tenant !== TENANT || id === undefined) continue;
      const profile = decodeProfile(TENANT, id, item);
      if (profile.meta.into !== undefined) continue;
      for (const name of [...profile.state.userIds, ...profile.state.anonymousIds]) found.set(name, profile);
    }
  }
  table.close();
  return found;
}

/** Reasons by message id. */
export async function quarantineIn(data: string): Promise<Map<string, string>> {
  const objects = new EmbeddedObjects(files.lake(data));
  const found = new Map<string, string>();
  for await (const page of pages((from) => objects.list({ prefix: 'quarantine/', ...from }))) {
    for (const { key } of page) {
      const text = new TextDecoder().decode(await objects.get(key)).trimEnd();
      for (const line of text.split('\n')) {
        const { reason, original } = quarantineLine.parse(JSON.parse(line));
        const id = /"messageId":"([^"]*)"/.exec(Buffer.from(original, 'base64').toString())?.[1] ?? '';
        found.set(id, reason);
      }
    }
  }
  return found;
}

/** Message ids. */
export async function lakeIn(data: string): Promise<Set<string>> {
  const folder = join(files.lake(data), 'events', `tenant=${TENANT}`);
  if (!existsSync(folder)) return new Set();
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select distinct message_id from read_parquet('${folder.replaceAll("'", "''")}/**/*.parquet', hive_partitioning = false)`,
  );
  const ids = new Set(reader.getRows().map(([id]) => String(id)));
  connection.closeSync();
  instance.closeSync();
  return ids;
}

/** Ids of the changes that were announced. */
export function changesIn(data: string): Set<string> {
  const reader = new EmbeddedStreamReader(files.stream(data, 'changes'));
  const told = new Set<string>();
  for (let at: string | undefined = ''; at !== undefined; ) {
    const records = reader.read('0', at, 1000, 10_000_000);
    for (const { data: bytes } of records)
      for (const part of unpack(bytes).parts)
        told.add(change.parse(JSON.parse(new TextDecoder().decode(part))).id);
    at = records.at(-1)?.sequence;
  }
  reader.close();
  return told;
}

export async function ledgerOf(tenant: string, data: string): Promise<LedgerReport> {
  const table = new EmbeddedTable({ path: files.table(data, 'ledger'), clock });
  const report = await readLedger(table, tenant);
  table.close();
  return report;
}
