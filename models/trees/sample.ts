/** Drawing rows and columns. */

/** `count` of the columns without repeats, in ascending order. */
export function sampleColumns(columns: Int32Array, count: number, random: () => number): Int32Array {
  if (count >= columns.length) return columns;
  const pool = columns.slice();
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    const drawn = pool[j] ?? 0;
    pool[j] = pool[i] ?? 0;
    pool[i] = drawn;
  }
  return pool.subarray(0, count).sort();
}

/** Each row with the given probability; at least one row. */
export function sampleRows(rows: Int32Array, share: number, random: () => number): Int32Array {
  if (share >= 1) return rows.slice();
  const drawn = rows.filter(() => random() < share);
  return drawn.length > 0 ? drawn : rows.slice(0, 1);
}

/** How often each of `rows` rows comes in as many draws with replacement. */
export function bootstrapCounts(rows: number, random: () => number): Float64Array {
  const counts = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor(random() * rows);
    counts[row] = (counts[row] ?? 0) + 1;
  }
  return counts;
}

/** 0 to n - 1. */
export const range = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
