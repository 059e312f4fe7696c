/** Remembers the results of a pure function of a text, for at most `limit` texts of at most `length` characters. */
export function memo<T>(compute: (text: string) => T, limit = 2000, length = 512): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const hit = known.get(text);
    if (hit !== undefined) return hit.value;
    const value = compute(text);
    if (text.length <= length) {
      // Starting afresh costs less than keeping the order of use.
      if (known.size >= limit) known.clear();
      known.set(text, { value });
    }
    return value;
  };
}
