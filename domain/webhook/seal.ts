/** Keeps a secret that must be used again: encrypted under a key that follows from the system's own, so that a copy of the table signs nothing. */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (secret: string, tenant: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, tenant, 'webhook secrets', 32));

/** `nonce`: 12 random bytes. Returns base64. */
export function seal(secret: string, tenant: string, text: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(ALGORITHM, keyOf(secret, tenant), nonce);
  const sealed = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64');
}

/** @throws Error when it was changed, or sealed for another tenant. */
export function unseal(secret: string, tenant: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const cipher = createDecipheriv(ALGORITHM, keyOf(secret, tenant), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([text, cipher.final()]).toString('utf8');
}
