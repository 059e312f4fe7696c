/** Keys of sources. Stored as hashes, so that a copy of the table opens nothing. */
import { hash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { Key, Table, Write } from './ports.ts';

export type KeyKind = 'public' | 'secret';

const sourceKeySchema = z.object({
  tenant: z.string(),
  source: z.string(),
  kind: z.enum(['public', 'secret']),
  disabled: z.boolean(),
  /** Events per second that this key may send; bursts of ten seconds' worth are let through. */
  eventsPerSecond: z.number(),
});

export type SourceKey = z.infer<typeof sourceKeySchema>;

const prefixes = { public: 'wk_', secret: 'sk_' } as const;

/** A fresh key of 256 random bits, base64url, with a prefix that tells its kind. */
export function newKey(kind: KeyKind): string {
  return prefixes[kind] + randomBytes(32).toString('base64url');
}

const keyOf = (key: string): Key => ({ pk: `key#${hash('sha256', key, 'hex')}`, sk: 'K' });

/** The write that makes a key known to the table `sources`. */
export function registration(key: string, value: SourceKey): Write {
  return { ...keyOf(key), data: new TextEncoder().encode(JSON.stringify(value)), index: value.tenant };
}

/** The source behind a key; undefined for an unknown one. Disabled keys are returned: the caller refuses them alike. */
export async function lookupKey(table: Table, key: string): Promise<SourceKey | undefined> {
  const [item] = await table.get([keyOf(key)]);
  return item && sourceKeySchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
}

/** Remembers look-ups for a minute, so that the hot path reads the table once per key and minute. */
export class KeyCache {
  readonly #table: Table;
  readonly #ttl: number;
  readonly #known = new Map<string, { value: SourceKey | undefined; until: number }>();

  constructor(table: Table, ttlMs = 60_000) {
    this.#table = table;
    this.#ttl = ttlMs;
  }

  async find(key: string, now: number): Promise<SourceKey | undefined> {
    const hit = this.#known.get(key);
    if (hit && hit.until > now) return hit.value;
    const value = await lookupKey(this.#table, key);
    // Guessed keys must not fill the memory.
    if (this.#known.size >= 10_000) this.#known.clear();
    this.#known.set(key, { value, until: now + this.#ttl });
    return value;
  }
}
