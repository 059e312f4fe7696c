/** Keys of sources, sessions and logins. Stored as hashes, so that a copy of the table opens nothing. */
import { hash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { roles } from './access/roles.ts';
import { type Item, type Key, pages, type Table, type Write } from './ports.ts';

/** `public` may send, `secret` may also ask; `login` is exchanged once for a `session`, which may only ask. */
export type KeyKind = 'public' | 'secret' | 'session' | 'login';

const sourceKeySchema = z.object({
  tenant: z.string(),
  source: z.string(),
  kind: z.enum(['public', 'secret', 'session', 'login']),
  disabled: z.boolean(),
  /** Events per second that this key may send; bursts of ten seconds' worth are let through. */
  eventsPerSecond: z.number(),
  /** What it may do beyond sending. @default admin for secret keys */
  role: z.optional(z.enum(roles)),
  /** ms since the epoch; from then on the key is unknown. */
  expiresAt: z.optional(z.number()),
  createdAt: z.optional(z.number()),
  /** Its last four characters, by which people tell keys apart. */
  hint: z.optional(z.string()),
});

export type SourceKey = z.infer<typeof sourceKeySchema>;

const prefixes = { public: 'wk_', secret: 'sk_', session: 'st_', login: 'lt_' } as const;

/** A fresh key of 256 random bits, base64url, with a prefix that tells its kind. */
export function newKey(kind: KeyKind): string {
  return prefixes[kind] + randomBytes(32).toString('base64url');
}

const digestOf = (key: string): string => hash('sha256', key, 'hex');
const keyAt = (digest: string): Key => ({ pk: `key#${digest}`, sk: 'K' });

/** Names a key without telling it. */
export const keyId = (key: string): string => digestOf(key).slice(0, 16);

/** Under which a tenant's lasting keys are listed; sessions and logins come and go unlisted. */
const indexOf = ({ kind, tenant }: SourceKey): string =>
  kind === 'public' || kind === 'secret' ? tenant : `${kind}#${tenant}`;

const encode = (value: SourceKey): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const decode = (item: Item): SourceKey =>
  sourceKeySchema.parse(JSON.parse(new TextDecoder().decode(item.data)));

/** Expired keys stay listed for a week, so that people see what ended. */
const LISTED_SECONDS = 7 * 86_400;

const write = (key: Key, value: SourceKey): Write => ({
  ...key,
  data: encode(value),
  index: indexOf(value),
  ...(value.expiresAt !== undefined && { expiresAt: Math.ceil(value.expiresAt / 1000) + LISTED_SECONDS }),
});

/** The write that makes a key known to the table `sources`. */
export function registration(key: string, value: SourceKey): Write {
  return write(keyAt(digestOf(key)), { hint: key.slice(-4), ...value });
}

/** The source behind a key; undefined for an unknown one. Disabled keys are returned: the caller refuses them alike. */
export async function lookupKey(table: Table, key: string): Promise<SourceKey | undefined> {
  const [item] = await table.get([keyAt(digestOf(key))]);
  return item && decode(item);
}

export interface ListedKey {
  readonly id: string;
  readonly value: SourceKey;
  /** Replaces what is stored; undefined deletes. */
  readonly change: (value: SourceKey | undefined) => Promise<void>;
}

/** The lasting keys of a tenant. */
export async function listKeys(table: Table, tenant: string): Promise<ListedKey[]> {
  const listed: ListedKey[] = [];
  for await (const items of pages((from) => table.queryIndex({ index: tenant, ...from }))) {
    for (const item of items) {
      const { pk, sk } = item;
      listed.push({
        id: pk.slice('key#'.length, 'key#'.length + 16),
        value: decode(item),
        change: async (value) => {
          if (value) await table.put([write({ pk, sk }, value)]);
          else await table.delete([{ pk, sk }]);
        },
      });
    }
  }
  return listed;
}

/** What a one-time key stands for; a second taker gets nothing, whoever was first. */
export async function takeOnce(table: Table, key: string, now: number): Promise<SourceKey | undefined> {
  const at = keyAt(digestOf(key));
  const [item] = await table.get([at], { consistent: true });
  if (!item) return undefined;
  const value = decode(item);
  if (value.disabled || value.kind !== 'login' || (value.expiresAt ?? 0) <= now) return undefined;
  const [result] = await table.put([{ ...write(at, { ...value, disabled: true }), expect: item.version }]);
  return result?.outcome === 'written' ? value : undefined;
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

  /** The source behind a key, unless it has expired. */
  async find(key: string, now: number): Promise<SourceKey | undefined> {
    const value = await this.#lookUp(key, now);
    return value?.expiresAt !== undefined && value.expiresAt <= now ? undefined : value;
  }

  /** Looks everything up anew: a key was changed. */
  forget(): void {
    this.#known.clear();
  }

  async #lookUp(key: string, now: number): Promise<SourceKey | undefined> {
    const hit = this.#known.get(key);
    if (hit && hit.until > now) return hit.value;
    const value = await lookupKey(this.#table, key);
    // Guessed keys must not fill the memory.
    if (this.#known.size >= 10_000) this.#known.clear();
    this.#known.set(key, { value, until: now + this.#ttl });
    return value;
  }
}
