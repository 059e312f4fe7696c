/**
 * Where the lake's files lie: `events/tenant=T/day=YYYY-MM-DD/hour=HH/NAME.parquet`, by hour of receipt in UTC,
 * as Hive names partitions. `batch-*` files come from the archive, `joined-*` files from compaction.
 */
import { hash } from 'node:crypto';

export const HOUR_MS = 3_600_000;
/** How far the time of an event can lie after its receipt; cleaning allows five minutes. */
export const AHEAD_MS = HOUR_MS;
const ROOT = 'events/';
const PATTERN = /^events\/tenant=([^/]+)\/day=([^/]+)\/hour=(\d\d)\/((?:batch|joined)-[^/]+)\.parquet$/;

/** Prefix of every file of a tenant, or of all of them. */
export const prefixOf = (tenant?: string): string =>
  tenant === undefined ? `${ROOT}tenant=` : `${ROOT}tenant=${escape(tenant)}/`;

/** Folder of the hour in which `receivedAt` (ms) falls. */
export function hourFolder(tenant: string, receivedAt: number): string {
  const hour = Math.floor(receivedAt / HOUR_MS);
  if (last.tenant === tenant && last.hour === hour) return last.folder;
  const folder = folderOf(tenant, receivedAt);
  last = { tenant, hour, folder };
  return folder;
}

/** Events come in runs of the same tenant and hour. */
let last = { tenant: '', hour: Number.NaN, folder: '' };

function folderOf(tenant: string, receivedAt: number): string {
  const iso = new Date(receivedAt).toISOString();
  return `${prefixOf(tenant)}day=${iso.slice(0, -14)}/hour=${iso.slice(-13, -11)}`;
}

export const batchKey = (folder: string, name: string): string => `${folder}/batch-${escape(name)}.parquet`;

/** The name follows from what was joined, so that two compactions at once cannot overwrite each other's rows. */
export const joinedKey = (folder: string, keys: readonly string[]): string =>
  `${folder}/joined-${hash('sha256', [...keys].sort().join('\n'), 'hex').slice(0, 32)}.parquet`;

/** One hour of one tenant with its files. */
export interface Hour {
  readonly tenant: string;
  readonly folder: string;
  /** Start, ms. */
  readonly start: number;
  readonly keys: string[];
}

/** Groups keys by hour, oldest first; keys that are no files of the lake are left out. */
export function hoursOf(keys: Iterable<string>): Hour[] {
  const hours = new Map<string, Hour>();
  for (const key of keys) {
    const match = PATTERN.exec(key);
    if (!match) continue;
    const folder = key.slice(0, key.lastIndexOf('/'));
    const hour = hours.get(folder) ?? {
      tenant: decodeURIComponent(match[1] ?? ''),
      folder,
      start: Date.parse(`${match[2]}T${match[3]}:00Z`),
      keys: [],
    };
    hour.keys.push(key);
    hours.set(folder, hour);
  }
  return [...hours.values()].sort((a, b) => a.start - b.start || (a.folder < b.folder ? -1 : 1));
}

/** One joined file is all that an hour needs. */
export const isJoined = ({ keys }: Hour): boolean =>
  keys.length === 1 && keys[0]?.includes('/joined-') === true;

/** Percent-encoding, as Hive does; also of what a file name pattern could mean. */
function escape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
