/** Rows of the conditions that were asked last. After people have changed, only they are looked at again. */
import type { Columns } from './columns.ts';
import { isLasting, read } from './evaluate.ts';
import type { Test } from './holds.ts';
import { both, isIn, put, type Rows } from './rows.ts';
import type { Condition } from './rule.ts';

/** Conditions whose rows are kept: 12.5 kB each at 100,000 people. */
const KEPT = 256;

/** After so many changes at once most rows are sooner looked at again all together. */
const MANY = 10_000;

interface Asked {
  readonly of: Condition;
  readonly test: Test;
}

interface Kept extends Asked {
  readonly rows: Rows;
  /** When they were looked at, ms. */
  readonly at: number;
}

export class KeptRows {
  /** By condition, the one asked last at the end. */
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new Set<number>();

  /** Facts of a row are others, or nobody's any more. */
  changed(row: number): void {
    if (this.#kept.size > 0) this.#changed.add(row);
    if (this.#changed.size > MANY) this.clear();
  }

  clear(): void {
    this.#kept.clear();
    this.#changed.clear();
  }

  /** Of use until the next change of the roster. */
  holding(people: Columns, asked: Asked, now: number): Rows {
    this.#follow(people);
    const name = JSON.stringify(asked.of);
    const known = this.#kept.get(name);
    const kept = known && isLasting(known.of, known.at, now) ? known : lookAt(people, asked, now);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept.rows;
  }

  #follow(people: Columns): void {
    if (this.#changed.size === 0) return;
    for (const { of, test, rows, at } of this.#kept.values()) {
      const column = read(people, of, at);
      for (const row of this.#changed)
        put(rows, row, isIn(people.everybody, row) && test.holds(column.at(row)));
    }
    this.#changed.clear();
  }
}

function lookAt(people: Columns, { of, test }: Asked, now: number): Kept {
  const { everybody } = people;
  return { of, test, rows: both(read(people, of, now).where(test, everybody.length), everybody), at: now };
}
