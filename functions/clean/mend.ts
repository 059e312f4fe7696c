/** Repairs on parsed JSON, in place: keys and numbers that must not travel on. */
import type { Json, JsonObject } from '../../events/json.ts';
import { unsafeKeys } from '../../events/scan.ts';

/** Removes unsafe keys at every level. Returns how many. */
export function dropUnsafeKeys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + dropUnsafeKeys(item), 0);
  let dropped = 0;
  for (const key of Object.keys(value)) {
    if (unsafeKeys.has(key)) {
      delete value[key];
      dropped++;
    } else dropped += dropUnsafeKeys(value[key] ?? null);
  }
  return dropped;
}

/**
 * Removes numbers too large for a double (in a list: replaces them by null) and turns -0 into 0,
 * at every level. Returns how many were removed.
 */
export function dropNonFinite(object: JsonObject): number {
  let dropped = 0;
  for (const key in object) {
    const value = object[key];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        delete object[key];
        dropped++;
      } else if (value === 0) object[key] = 0;
    } else if (Array.isArray(value)) dropped += dropFromList(value);
    else if (typeof value === 'object' && value !== null) dropped += dropNonFinite(value);
  }
  return dropped;
}

function dropFromList(list: Json[]): number {
  let dropped = 0;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        list[i] = null;
        dropped++;
      } else if (value === 0) list[i] = 0;
    } else if (Array.isArray(value)) dropped += dropFromList(value);
    else if (typeof value === 'object' && value !== null) dropped += dropNonFinite(value);
  }
  return dropped;
}
