/**
 * Sets of people of a roster, a bit for each row: 12.5 kB for 100,000 rows, and a pass over two of them takes 5 µs where it
 * would take 30 with a byte for each.
 */
export type Rows = Uint32Array<ArrayBuffer>;

/** Rows of a word. */
export const WORD = 32;

/** Nobody, of so many rows. */
export const noRows = (rows: number): Rows => new Uint32Array(Math.ceil(rows / WORD));

export function both(a: Rows, b: Rows): Rows {
  const rows = new Uint32Array(a.length);
  for (let i = 0; i < rows.length; i++) rows[i] = (a[i] ?? 0) & (b[i] ?? 0);
  return rows;
}

export function either(a: Rows, b: Rows): Rows {
  const rows = new Uint32Array(a.length);
  for (let i = 0; i < rows.length; i++) rows[i] = (a[i] ?? 0) | (b[i] ?? 0);
  return rows;
}

export function without(a: Rows, b: Rows): Rows {
  const rows = new Uint32Array(a.length);
  for (let i = 0; i < rows.length; i++) rows[i] = (a[i] ?? 0) & ~(b[i] ?? 0);
  return rows;
}

export function sizeOf(rows: Rows): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) count += ones(rows[i] ?? 0);
  return count;
}

/** How many rows are in one and not in the other. */
export function differences(a: Rows, b: Rows): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ones((a[i] ?? 0) ^ (b[i] ?? 0));
  return count;
}

export const isIn = (rows: Rows, row: number): boolean => (((rows[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;

export function put(rows: Rows, row: number, on: boolean): void {
  const bit = 1 << (row & 31);
  rows[row >>> 5] = on ? (rows[row >>> 5] ?? 0) | bit : (rows[row >>> 5] ?? 0) & ~bit;
}

/** Bits of a word that are 1, counted in pairs, in fours, in bytes, and all together. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Copies numbers into a longer block. */
export function moved<T extends { set(numbers: ArrayLike<number>): void }>(
  numbers: ArrayLike<number>,
  into: T,
): T {
  into.set(numbers);
  return into;
}

/** A length of whole words that holds `least`, and a quarter more than there was. */
export const longer = (length: number, least: number): number =>
  Math.ceil(Math.max(least, length * 1.25) / WORD) * WORD;
