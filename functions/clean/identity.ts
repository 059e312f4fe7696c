/** Ids as they may be stored: text, of sensible length, and not a placeholder that would merge strangers. */
import { quarantine, type Refusal } from '../../domain/outcome.ts';
import type { Json } from '../../events/json.ts';

/** Bytes of an id or a name, at most. */
export const TEXT_BYTES = 256;

/** What programs write where an id is missing. Compared in lower case, without quotes. */
const placeholders = new Set([
  'null',
  'undefined',
  'nan',
  'none',
  'nil',
  'n/a',
  'true',
  'false',
  '-1',
  '[object object]',
  '[object undefined]',
  '[object null]',
  '{}',
  '[]',
  '(null)',
  '<nil>',
  'anonymous',
  'guest',
  'unknown',
  'not_authenticated',
  'id',
  'userid',
  'user_id',
  'anonymousid',
  'anonymous_id',
  'distinct_id',
  'email',
]);
/** Longer texts cannot be a placeholder of the list. */
const LONGEST = 20;
/** All-zero device ids of any form. */
const zeros = /^[0{}:-]+$/;

/** True when UTF-8 needs more than `limit` bytes. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}

export function isPlaceholder(id: string): boolean {
  if (id.length > LONGEST) return zeros.test(id);
  const bare = id
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .toLowerCase();
  return bare === '' || placeholders.has(bare) || zeros.test(bare);
}

/** True for text that a store or another system could not give back as it is. */
export const isBroken = (text: string): boolean => text.includes('\u0000') || !text.isWellFormed();

/** The id in a field: undefined when it is absent or blank. */
export function readId(name: string, value: Json | undefined): string | undefined | Refusal {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return quarantine('invalid_id', name);
  if (value.trim() === '') return undefined;
  if (exceedsBytes(value, TEXT_BYTES)) return quarantine('id_too_long', name);
  if (isBroken(value)) return quarantine('invalid_id', name);
  return isPlaceholder(value) ? quarantine('junk_id', name) : value;
}
