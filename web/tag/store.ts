/** localStorage, which may be full, switched off or forbidden: then nothing is kept and nothing breaks. */

/** Result of the action; undefined when the browser does not let it happen. */
export function tried<T>(action: (kept: Storage) => T): T | undefined {
  try {
    return action(localStorage);
  } catch {
    return undefined;
  }
}

export const load = (key: string): string | null | undefined => tried((kept) => kept.getItem(key));

/** True when the value was kept. */
export const save = (key: string, value: string): true | undefined =>
  tried((kept) => {
    kept.setItem(key, value);
    return true;
  });

export const forget = (key: string): void => tried((kept) => kept.removeItem(key));

/** Keys that start with `prefix`, sorted. */
export const keysOf = (prefix: string): readonly string[] =>
  tried((kept) =>
    Object.keys(kept)
      .filter((key) => key.startsWith(prefix))
      .sort(),
  ) ?? [];
