/**
 * One thing that conditions ask about, of all people of a roster, in a row of memory: a pass over 100,000 people takes 0.1 to
 * 0.3 ms where it would take some 5 ms from person to person.
 */
import type { Scalar, Source } from './facts.ts';
import { plain, type Test } from './holds.ts';
import { isIn, longer, moved, type Rows, WORD } from './rows.ts';
import type { Condition } from './rule.ts';

export interface Column {
  at(row: number): Scalar | undefined;
  /** Rows whose value holds, also those of nobody. `words`: of the rows. */
  where(test: Test, words: number): Rows;
  /** How many of `among` have each of the values, which are {@link plain}. */
  tally(values: ReadonlySet<Scalar>, among: Rows): ReadonlyMap<Scalar, number>;
}

export interface Columns extends Source<Column> {
  /** Rows that are somebody's. */
  readonly everybody: Rows;
  /** Those for whom a condition holds. */
  holding(of: Condition, test: Test, now: number): Rows;
}

const bit = (answer: boolean): number => (answer ? 1 : 0);

type NumberAt = (row: number) => number;

/** NaN is unknown. */
export class Numbers implements Column {
  readonly #at: NumberAt;
  readonly #all: () => Float64Array;

  /** `all`: of all rows. */
  constructor(at: NumberAt, all: () => Float64Array) {
    this.#at = at;
    this.#all = all;
  }

  at(row: number): number | undefined {
    const value = this.#at(row);
    return Number.isNaN(value) ? undefined : value;
  }

  where({ holds, turn }: Test, words: number): Rows {
    const rows = new Uint32Array(words);
    const values = this.#all();
    const missing = bit(holds(undefined));
    if (turn === undefined) {
      for (let row = 0; row < words * WORD; row++) {
        const value = values[row] ?? Number.NaN;
        rows[row >>> 5] =
          (rows[row >>> 5] ?? 0) | ((Number.isNaN(value) ? missing : bit(holds(value))) << (row & 31));
      }
      return rows;
    }
    const below = bit(holds(Number.NEGATIVE_INFINITY));
    const equal = bit(holds(turn));
    const above = bit(holds(Number.POSITIVE_INFINITY));
    for (let i = 0, row = 0; i < words; i++) {
      let word = 0;
      for (let at = 0; at < WORD; at++, row++) {
        const value = values[row] ?? 0;
        word |= (value < turn ? below : value > turn ? above : value === turn ? equal : missing) << at;
      }
      rows[i] = word;
    }
    return rows;
  }

  tally(values: ReadonlySet<Scalar>, among: Rows): ReadonlyMap<Scalar, number> {
    return tallyOf(this.#all(), values, among);
  }
}

/** Distinct values of a column up to which a row holds the place of its value in a list, and an answer is found once for all who have it. */
const FEW = 4096;

/** Texts, and numbers and truths among them. */
export class Scalars implements Column {
  /** Place of each row's value; 0 where it has none. Undefined once values are many: then they stand by row. */
  #places: Uint16Array | undefined;
  #values: (Scalar | undefined)[] = [undefined];
  readonly #placeOf = new Map<Scalar, number>();

  /** `few`: whether values are expected to be few. */
  constructor(few: boolean) {
    if (few) this.#places = new Uint16Array(WORD);
  }

  set(row: number, value: Scalar | undefined): void {
    if (this.#places === undefined) {
      if (value !== undefined || this.#values[row] !== undefined) this.#values[row] = value;
      return;
    }
    if (value !== undefined && this.#values.length >= FEW && !this.#placeOf.has(value)) {
      this.#spread(this.#places);
      this.#values[row] = value;
      return;
    }
    if (row >= this.#places.length) {
      if (value === undefined) return;
      this.#places = moved(this.#places, new Uint16Array(longer(this.#places.length, row + 1)));
    }
    this.#places[row] = this.#place(value);
  }

  at(row: number): Scalar | undefined {
    return this.#values[this.#places === undefined ? row : (this.#places[row] ?? 0)];
  }

  where({ holds }: Test, words: number): Rows {
    const rows = new Uint32Array(words);
    const values = this.#values;
    const places = this.#places;
    if (places === undefined) {
      for (let row = 0; row < words * WORD; row++)
        rows[row >>> 5] = (rows[row >>> 5] ?? 0) | (bit(holds(values[row])) << (row & 31));
      return rows;
    }
    const answers = Uint8Array.from(values, (value) => bit(holds(value)));
    const missing = answers[0] === 1 ? -1 : 0;
    const known = Math.min(words, places.length / WORD);
    for (let i = 0, row = 0; i < known; i++) {
      let word = 0;
      for (let at = 0; at < WORD; at++, row++) word |= (answers[places[row] ?? 0] ?? 0) << at;
      rows[i] = word;
    }
    return rows.fill(missing, known);
  }

  tally(values: ReadonlySet<Scalar>, among: Rows): ReadonlyMap<Scalar, number> {
    const places = this.#places;
    if (places === undefined) return tallyOf(this.#values, values, among);
    const counts = new Uint32Array(this.#values.length);
    // Rows of nobody have no value.
    for (let row = 0; row < places.length; row++) {
      const place = places[row] ?? 0;
      counts[place] = (counts[place] ?? 0) + 1;
    }
    const tally = new Map<Scalar, number>();
    this.#values.forEach((value, place) => count(tally, values, value, counts[place] ?? 0));
    return tally;
  }

  #place(value: Scalar | undefined): number {
    if (value === undefined) return 0;
    const known = this.#placeOf.get(value);
    if (known !== undefined) return known;
    const place = this.#values.push(value) - 1;
    this.#placeOf.set(value, place);
    return place;
  }

  #spread(places: Uint16Array): void {
    const values = this.#values;
    this.#values = Array.from(places, (place) => values[place]);
    this.#places = undefined;
    this.#placeOf.clear();
  }
}

function tallyOf(
  given: { readonly [row: number]: Scalar | undefined },
  values: ReadonlySet<Scalar>,
  among: Rows,
): ReadonlyMap<Scalar, number> {
  const tally = new Map<Scalar, number>();
  for (let row = 0; row < among.length * WORD; row++)
    if (isIn(among, row)) count(tally, values, given[row], 1);
  return tally;
}

function count(
  tally: Map<Scalar, number>,
  values: ReadonlySet<Scalar>,
  given: Scalar | undefined,
  by: number,
): void {
  if (given === undefined || by === 0) return;
  const value = plain(given);
  if (values.has(value)) tally.set(value, (tally.get(value) ?? 0) + by);
}
