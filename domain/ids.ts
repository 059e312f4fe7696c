/** Keyed hashes: profile ids, message fingerprints, lanes. Raw identifiers never become keys of a store. */
import { hash } from 'node:crypto';

/** Two unsigned 32-bit words. */
export type Fingerprint = readonly [high: number, low: number];

const SEPARATOR = '\u0000';

/** SHA-256 as hex of parts of which the first is the secret and the second says what for. */
export function keyedHash(parts: readonly [secret: string, purpose: string, ...rest: string[]]): string {
  return hash('sha256', parts.join(SEPARATOR), 'hex');
}

const word = (hex: string, index: number): number => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16);

/** 64-bit fingerprint of a message, scoped so that no source can suppress another's events. */
export function fingerprint(secret: string, tenant: string, source: string, messageId: string): Fingerprint {
  const hex = keyedHash([secret, 'message', tenant, source, messageId]);
  return [word(hex, 0), word(hex, 1)];
}

/** 32-bit hash of a text, not keyed; tells copies of one message apart. */
export function tag32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Kinds of identity. `user`: a user id vouched for by a secret key or a signed token. `claim`: a user id
 * that only a public key asserted. `anonymous`: a device.
 */
export type IdentityKind = 'user' | 'claim' | 'anonymous';

/** 128-bit keyed pseudonym of an identity, 32 hex digits. */
export function profileId(secret: string, tenant: string, kind: IdentityKind, id: string): string {
  return keyedHash([secret, 'profile', tenant, kind, id]).slice(0, 32);
}

/**
 * Lane of a person: the partition key under which all of a person's events stay in order. The suffix is chosen so
 * that with 16 lanes every sixteenth of Kinesis' MD5 key space holds exactly one: 2, 4, 8 and 16 shards balance.
 */
export function lane(tenant: string, id: string, lanes: number): string {
  return `${tag32(`${tenant}${SEPARATOR}${id}`) % lanes}.izw`;
}
