/** Days of many rows in blocks of memory, one for each number, so that a pass over all rows reads them in order. */
import { dayColumn } from './facts.ts';
import { longer, moved } from './rows.ts';

const COLUMNS = Object.keys(dayColumn).length;

export class DayPool {
  /** Day numbers. */
  #days = new Int32Array(1024);
  /** By column, then by place of the day. */
  #sums = Array.from({ length: COLUMNS }, () => new Float64Array(1024));
  /** Where the days of a row begin, and how many they are. */
  #starts = new Int32Array(64);
  #lengths = new Int32Array(64);
  #end = 0;
  /** Places before the end that no row uses any more. */
  #waste = 0;

  /** `days`: rows of [day, ...counts in the order of `dayNames`], ascending. */
  set(row: number, days: readonly (readonly number[])[]): void {
    if (row >= this.#starts.length) {
      const size = longer(this.#starts.length, row + 1);
      this.#starts = moved(this.#starts, new Int32Array(size));
      this.#lengths = moved(this.#lengths, new Int32Array(size));
    }
    const before = this.#lengths[row] ?? 0;
    this.#lengths[row] = 0;
    if (days.length > before) {
      this.#waste += before;
      if (this.#end + days.length > this.#days.length) this.#makeRoom(days.length);
      this.#starts[row] = this.#end;
      this.#end += days.length;
    } else this.#waste += before - days.length;
    this.#lengths[row] = days.length;
    const start = this.#starts[row] ?? 0;
    days.forEach((day, i) => {
      this.#days[start + i] = day[0] ?? 0;
      this.#sums.forEach((sums, column) => {
        sums[start + i] = day[column + 1] ?? 0;
      });
    });
  }

  /** Sum of a column over the days from `from` on. */
  sumFrom(row: number, column: number, from: number): number {
    const days = this.#days;
    const counts = this.#sums[column - 1] ?? [];
    const start = this.#starts[row] ?? 0;
    let sum = 0;
    for (let at = start + (this.#lengths[row] ?? 0) - 1; at >= start && (days[at] ?? 0) >= from; at--)
      sum += counts[at] ?? 0;
    return sum;
  }

  /** Moves the rows together where much is unused, and doubles the blocks where not. */
  #makeRoom(need: number): void {
    const used = this.#end - this.#waste;
    const size = Math.max(this.#days.length, (used + need) * 2);
    const starts = new Int32Array(this.#starts.length);
    let end = 0;
    this.#lengths.forEach((length, row) => {
      starts[row] = end;
      end += length;
    });
    const together = <T extends Int32Array | Float64Array>(numbers: T, into: T): T => {
      for (let row = 0; row < starts.length; row++) {
        const [from = 0, to = 0, length = 0] = [this.#starts[row], starts[row], this.#lengths[row]];
        for (let i = 0; i < length; i++) into[to + i] = numbers[from + i] ?? 0;
      }
      return into;
    };
    this.#days = together(this.#days, new Int32Array(size));
    this.#sums = this.#sums.map((sums) => together(sums, new Float64Array(size)));
    this.#starts = starts;
    this.#end = end;
    this.#waste = 0;
  }
}
