/** Reading loosely typed JSON: the wanted shape or undefined. */
import { isObject, type Json, type JsonObject } from '../../events/json.ts';

/** A non-blank text, cut to `limit` UTF-16 units. A number counts as its digits. */
export function textOf(value: Json | undefined, limit: number): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  if (value.length <= limit) return value === '' ? undefined : value;
  return value.slice(0, limit).toWellFormed();
}

export const objectOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? value : undefined;

/** Copies the texts under `names` that are there. Undefined when none is. */
export function texts(
  from: JsonObject | undefined,
  names: readonly string[],
  limit: number,
): JsonObject | undefined {
  if (from === undefined) return undefined;
  let found: JsonObject | undefined;
  for (const name of names) {
    const text = textOf(from[name], limit);
    if (text !== undefined) (found ??= {})[name] = text;
  }
  return found;
}
