/** Bounds that do not depend on the order of arrival. */
import { tag32 } from '../ids.ts';

/** Ascending by hash, then by text: a total order that nobody's clock or luck decides. */
function byHash(a: string, b: string): number {
  return tag32(a) - tag32(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Keeps the `limit` keys with the smallest hashes (bottom-k sampling). A key that was dropped has `limit` smaller
 * ones above it, and they never go away, so it can never come back: what is counted for the survivors is complete,
 * in whatever order things came. Keeping the most frequent or the newest keys would not have that property.
 */
export function boundByHash(
  keys: { readonly size: number; keys(): Iterable<string>; delete(key: string): boolean },
  limit: number,
): void {
  if (keys.size <= limit) return;
  const dropped = [...keys.keys()].sort(byHash).slice(limit);
  for (const key of dropped) keys.delete(key);
}
