/**
 * Sealing: a value of a person, readable only with that person's data key.
 *
 *   sealed:1:SUBJECT:base64url(iv 12 | ciphertext | tag 16)        AES-256-GCM over the value's JSON
 *
 * The iv is a keyed hash of the JSON, so that equal values give equal bytes: an event that is cleaned twice is one event.
 * That tells who has a data key's sealed texts which of them are equal, and nobody anything else.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Json } from '../../events/json.ts';

/** What one person's values are sealed with: 256 random bits. */
export interface DataKey {
  readonly bytes: Uint8Array;
  /** The same for the cipher, and what the iv is keyed with: made at first use, because making them costs more than using them. */
  handles?: { readonly cipher: KeyObject; readonly iv: KeyObject };
}

const CIPHER = 'aes-256-gcm';
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
const PREFIX = 'sealed:1:';
const SUBJECT = 34;
const pattern = /^sealed:1:[ud]_[0-9a-f]{32}:[\w-]+$/;

/** What is shown of a value whose key is gone. */
export const ERASED = '[erased]';

/** What stands for a sealed value where only its being there counts. */
export const UNREAD = '[sealed]';

export const isSealed = (text: string): boolean => text.startsWith(PREFIX) && pattern.test(text);

/** Whose a sealed text is. */
export const subjectOfSealed = (sealed: string): string =>
  sealed.slice(PREFIX.length, PREFIX.length + SUBJECT);

const handlesOf = (key: DataKey): NonNullable<DataKey['handles']> =>
  (key.handles ??= {
    cipher: createSecretKey(key.bytes),
    iv: createSecretKey(createHmac('sha256', key.bytes).update('wellspring iv').digest()),
  });

export function seal(key: DataKey, subject: string, value: Json): string {
  const text = JSON.stringify(value);
  const handles = handlesOf(key);
  const iv = createHmac('sha256', handles.iv).update(text).digest().subarray(0, IV_BYTES);
  return `${PREFIX}${subject}:${encrypt(handles.cipher, iv, text, subject).toString('base64url')}`;
}

/** The value; undefined where another key sealed it, or the text was changed. */
export function unseal(key: DataKey, sealed: string): Json | undefined {
  const subject = subjectOfSealed(sealed);
  const bytes = Buffer.from(sealed.slice(PREFIX.length + SUBJECT + 1), 'base64url');
  const plain = decrypt(handlesOf(key).cipher, bytes, subject);
  return plain && JSON.parse(plain.toString('utf8'));
}

/** iv, ciphertext and tag; `context` must be the same when it is decrypted. */
export function encrypt(key: KeyObject, iv: Uint8Array, plain: Uint8Array | string, context: string): Buffer {
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(context));
  const text = typeof plain === 'string' ? Buffer.from(plain) : plain;
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where the key, the context or a byte is another. */
export function decrypt(key: KeyObject, bytes: Uint8Array, context: string): Buffer | undefined {
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const plain = decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
