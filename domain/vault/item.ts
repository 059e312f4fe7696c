/**
 * The vault table: one item per subject of which something was sealed. It holds the only copy of the subject's data key,
 * wrapped by the tenant's key, and the id that the subject stands for, sealed with the data key. Deleting the item makes
 * every sealed value of the subject unreadable, wherever copies of it lie.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import type { Item, Key, Write } from '../ports.ts';
import { type DataKey, decrypt, encrypt, IV_BYTES, seal, unseal } from './seal.ts';

export const KEY_BYTES = 32;

/** Bytes nobody can guess. */
export type RandomBytes = (size: number) => Uint8Array;

const schema = z.object({
  version: z.literal(1),
  /** The data key under the tenant's: base64url of iv, ciphertext and tag. */
  key: z.string(),
  /** The id as it came, sealed. */
  id: z.string(),
  /** When the item was made, ms. */
  at: z.number(),
});

export const vaultKey = (tenant: string, subject: string): Key => ({ pk: `${tenant}#${subject}`, sk: 'V' });

/** Keys of tenants under one secret, derived once. */
export class TenantKeys {
  readonly #secret: string;
  readonly #known = new Map<string, KeyObject>();

  /** `secret`: at least 256 bits as hex. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  of(tenant: string): KeyObject {
    let key = this.#known.get(tenant);
    if (!key) {
      const info = `vault\u0000${tenant}`;
      key = createSecretKey(
        new Uint8Array(hkdfSync('sha256', Buffer.from(this.#secret, 'hex'), '', info, KEY_BYTES)),
      );
      this.#known.set(tenant, key);
    }
    return key;
  }
}

export interface Identity {
  readonly tenant: string;
  readonly subject: string;
  /** The user id or device id as it came. */
  readonly id: string;
}

/** A new item with a key of its own; it must not exist yet. `now`: ms. */
export function newVaultItem(
  { tenant, subject, id }: Identity,
  keys: TenantKeys,
  random: RandomBytes,
  now: number,
): { readonly key: DataKey; readonly write: Write } {
  const key: DataKey = { bytes: random(KEY_BYTES) };
  const place = vaultKey(tenant, subject);
  const wrapped = encrypt(keys.of(tenant), random(IV_BYTES), key.bytes, place.pk);
  const value: z.infer<typeof schema> = {
    version: 1,
    key: wrapped.toString('base64url'),
    id: seal(key, subject, id),
    at: now,
  };
  return { key, write: { ...place, data: new TextEncoder().encode(JSON.stringify(value)), expect: 0 } };
}

export interface VaultItem {
  readonly key: DataKey;
  readonly id: string;
  /** ms. */
  readonly at: number;
}

/** Undefined where another secret wrapped the key. @throws when it is no item of the vault. */
export function readVaultItem(tenant: string, item: Item, keys: TenantKeys): VaultItem | undefined {
  const stored = schema.parse(JSON.parse(new TextDecoder().decode(item.data)));
  const bytes = decrypt(keys.of(tenant), Buffer.from(stored.key, 'base64url'), item.pk);
  const key = bytes && { bytes };
  const id = key && unseal(key, stored.id);
  return key && typeof id === 'string' ? { key, id, at: stored.at } : undefined;
}
