/** Tells which of many values are among the k largest, without sorting them. */
export class Largest {
  readonly #bound: number;
  /** Values equal to the bound that there is still room for. */
  #room: number;

  /** Values are those of `by` at the places in `list`. */
  constructor(list: readonly number[], by: Float32Array, k: number) {
    const values = Float32Array.from(list, (place) => by[place] ?? 0);
    this.#bound = list.length > k ? kthLargest(values, k) : Number.NEGATIVE_INFINITY;
    let above = 0;
    for (const value of values) if (value > this.#bound) above++;
    this.#room = k - above;
  }

  /** To be asked once for each value; of equal values those that are asked first are taken. */
  takes(value: number): boolean {
    return value > this.#bound || (value === this.#bound && this.#room-- > 0);
  }
}

/** Quickselect (Hoare, 1961); changes the order of `values`. k from 1 to their number. */
export function kthLargest(values: Float32Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  const at = values.length - k;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] ?? 0;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++;
      while ((values[j] ?? 0) > pivot) j--;
      if (i > j) break;
      const value = values[i] ?? 0;
      values[i++] = values[j] ?? 0;
      values[j--] = value;
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return values[at] ?? 0;
}
