/** Days of many rows in one block of memory, so that a pass over all rows reads it in order. */

/** A day and its counts, in the order of `dayNames`. */
export const DAY_WIDTH = 7;

export class DayPool {
  #data = new Float64Array(1024);
  /** Where the days of a row begin, and how many numbers they take. */
  #starts = new Int32Array(64);
  #lengths = new Int32Array(64);
  #end = 0;
  /** Numbers before the end that no row uses any more. */
  #waste = 0;

  /** `days`: rows of [day, ...counts], ascending. */
  set(row: number, days: readonly (readonly number[])[]): void {
    if (row >= this.#starts.length) {
      this.#starts = grown(this.#starts, row + 1);
      this.#lengths = grown(this.#lengths, row + 1);
    }
    const before = this.#lengths[row] ?? 0;
    const need = days.length * DAY_WIDTH;
    this.#lengths[row] = 0;
    if (need > before) {
      this.#waste += before;
      if (this.#end + need > this.#data.length) this.#makeRoom(need);
      this.#starts[row] = this.#end;
      this.#end += need;
    } else this.#waste += before - need;
    this.#lengths[row] = need;
    let at = this.#starts[row] ?? 0;
    for (const day of days) {
      this.#data.set(day, at);
      at += DAY_WIDTH;
    }
  }

  /** Sum of a column over the days from `from` on. */
  sumFrom(row: number, column: number, from: number): number {
    const data = this.#data;
    const start = this.#starts[row] ?? 0;
    let sum = 0;
    for (
      let at = start + (this.#lengths[row] ?? 0) - DAY_WIDTH;
      at >= start && (data[at] ?? 0) >= from;
      at -= DAY_WIDTH
    )
      sum += data[at + column] ?? 0;
    return sum;
  }

  /** [day, sum] from `from` on, ascending, without sums of 0. */
  daysFrom(row: number, column: number, from: number): [day: number, sum: number][] {
    const start = this.#starts[row] ?? 0;
    const found: [number, number][] = [];
    for (let at = start; at < start + (this.#lengths[row] ?? 0); at += DAY_WIDTH) {
      const [day = 0, sum = 0] = [this.#data[at], this.#data[at + column]];
      if (day >= from && sum !== 0) found.push([day, sum]);
    }
    return found;
  }

  /** Moves the rows together where much is unused, and doubles the block where not. */
  #makeRoom(need: number): void {
    const used = this.#end - this.#waste;
    const size = Math.max(this.#data.length, (used + need) * 2);
    const data = new Float64Array(size);
    let end = 0;
    this.#lengths.forEach((length, row) => {
      const start = this.#starts[row] ?? 0;
      data.set(this.#data.subarray(start, start + length), end);
      this.#starts[row] = end;
      end += length;
    });
    this.#data = data;
    this.#end = end;
    this.#waste = 0;
  }
}

function grown(numbers: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(least, numbers.length * 2));
  larger.set(numbers);
  return larger;
}
