/** Who is chosen, as others take it from here: a byte for each row, 1 where somebody is. */
import { type Rows, WORD } from './rows.ts';

export type Chosen = Uint8Array;

export function chosenOf(rows: Rows): Chosen {
  const chosen = new Uint8Array(rows.length * WORD);
  for (let i = 0, row = 0; i < rows.length; i++)
    for (let word = rows[i] ?? 0, bit = 0; bit < WORD; bit++) chosen[row++] = (word >>> bit) & 1;
  return chosen;
}

export function sizeOf(chosen: Chosen): number {
  let count = 0;
  for (let row = 0; row < chosen.length; row++) count += chosen[row] ?? 0;
  return count;
}

/** Who is in both. */
export function inBoth(a: Chosen, b: Chosen): Chosen {
  const chosen = new Uint8Array(a.length);
  for (let row = 0; row < chosen.length; row++) chosen[row] = (a[row] ?? 0) & (b[row] ?? 0);
  return chosen;
}
