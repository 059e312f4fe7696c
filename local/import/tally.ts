/** What an import counts as it goes: nothing of a file goes missing without a line in the report. */

export interface DirtCount {
  readonly name: string;
  /** Rows that show it; a row may show several kinds. */
  rows: number;
  /** Of these, rows left out for this reason: a row is left out for the first reason that applies. */
  leftOut: number;
}

export interface RejectCount {
  readonly problem: string;
  count: number;
  readonly firstLine: number;
}

export type OnReject = (line: number, problem: string) => void;

export class Tally {
  rows = 0;
  readonly events = new Map<string, number>();
  readonly dirt = new Map<string, DirtCount>();
  readonly rejected = new Map<string, RejectCount>();
  readonly #onReject: OnReject;

  constructor(onReject: OnReject = () => {}) {
    this.#onReject = onReject;
  }

  /** Counts a row that shows a kind of dirt. */
  dirty(name: string, leftOut: boolean, rows = 1): void {
    let count = this.dirt.get(name);
    if (!count) this.dirt.set(name, (count = { name, rows: 0, leftOut: 0 }));
    count.rows += rows;
    if (leftOut) count.leftOut += rows;
  }

  event(name: string): void {
    this.events.set(name, (this.events.get(name) ?? 0) + 1);
  }

  /** `line` counts from 1; 0 where none is known. */
  reject(line: number, problem: string): void {
    const count = this.rejected.get(problem);
    if (count) count.count++;
    else this.rejected.set(problem, { problem, count: 1, firstLine: line });
    this.#onReject(line, problem);
  }

  get eventCount(): number {
    return [...this.events.values()].reduce((sum, count) => sum + count, 0);
  }

  get rejectCount(): number {
    return [...this.rejected.values()].reduce((sum, { count }) => sum + count, 0);
  }
}
