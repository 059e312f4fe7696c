/**
 * The facts of many people in memory, in columns: what counting and previews read. A rule selects from them column by column
 * what it would select from person to person.
 */
import { type Column, type Columns, Numbers, Scalars } from './columns.ts';
import { DayPool } from './day-pool.ts';
import type { Compiled } from './evaluate.ts';
import { dayColumn, daysSince, isMoney, lifeCount, momentIn, type PlainFacts, type Scalar } from './facts.ts';
import type { Test } from './holds.ts';
import { KeptRows } from './kept-rows.ts';
import { isIn, longer, moved, noRows, put, type Rows, sizeOf } from './rows.ts';
import {
  type ClassName,
  type Condition,
  type LifeCount,
  lifeCounts,
  type Moment,
  moments,
  type ScoreName,
  scoreNames,
  type WindowCount,
} from './rule.ts';

/** Distinct texts that are kept once. */
const INTERNED = 50_000;
/** Names of traits whose columns have a place for each row; of thousands of names most are rare, and take no more than their values. */
const USUAL = 64;
const numberNames = [...lifeCounts, ...moments, ...scoreNames] as const;
type NumberName = (typeof numberNames)[number];

export class Roster implements Columns {
  readonly #rows = new Map<string, number>();
  readonly #ids: (string | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #kept = new KeptRows();
  /** Rows that fit into the columns. */
  #capacity = 64;
  /** Rows that are somebody's. */
  #taken = noRows(64);
  readonly #traits = new Map<string, Scalars>();
  readonly #attributes = new Map<string, Scalars>();
  readonly #texts = new Map<string, string>();
  readonly #affinities: (readonly (string | number)[] | undefined)[] = [];
  readonly #days = new DayPool();
  readonly #labels = { lifecycle: new Scalars(true), persona: new Scalars(true) };
  /** By name, then by row. NaN where unknown. */
  readonly #numbers = new Map<NumberName, Float64Array>(
    numberNames.map((name) => [name, new Float64Array(64)]),
  );

  get size(): number {
    return this.#rows.size;
  }

  get everybody(): Rows {
    return this.#taken;
  }

  set(id: string, facts: PlainFacts): void {
    const known = this.#rows.get(id);
    if (known !== undefined) this.#clear(known);
    const row = known ?? this.#newRow(id);
    this.#kept.changed(row);
    const numbers = numbersOf(facts);
    let at = 0;
    for (const column of this.#numbers.values()) column[row] = numbers[at++] ?? Number.NaN;
    this.#labels.lifecycle.set(row, facts.classes.lifecycle);
    this.#labels.persona.set(row, facts.classes.persona);
    for (const [name, value] of facts.traits) columnOf(this.#traits, name).set(row, this.#intern(value));
    for (const [name, value] of facts.attributes)
      columnOf(this.#attributes, name).set(row, this.#intern(value));
    this.#days.set(row, facts.days);
    const affinities = [...facts.affinities].flatMap(([name, share]) => [this.#intern(name), share]);
    this.#affinities[row] = affinities.length > 0 ? affinities : undefined;
  }

  delete(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#clear(row);
    this.#kept.changed(row);
    this.#rows.delete(id);
    this.#ids[row] = undefined;
    put(this.#taken, row, false);
    this.#free.push(row);
  }

  /** Those who belong; of use until somebody changes. */
  select({ select }: Compiled, now: number): Rows {
    return select(this, now);
  }

  /** Ids of chosen rows, at most `limit`, spread evenly over all of them. */
  idsOf(chosen: Rows, limit = Number.POSITIVE_INFINITY): string[] {
    const step = Math.max(1, Math.floor(sizeOf(chosen) / limit));
    const ids: string[] = [];
    for (let row = 0, place = 0; row < this.#ids.length && ids.length < limit; row++) {
      const id = isIn(chosen, row) ? this.#ids[row] : undefined;
      if (id !== undefined && place++ % step === 0) ids.push(id);
    }
    return ids;
  }

  /** A count of all of `among` who have it, ascending. */
  sorted(name: LifeCount, among: Rows): Float64Array {
    const column = this.#number(name);
    return column.filter((value, row) => isIn(among, row) && !Number.isNaN(value)).sort();
  }

  /** Names that somebody has a value of. */
  names(kind: 'traits' | 'attributes'): string[] {
    return [...(kind === 'traits' ? this.#traits : this.#attributes).keys()].sort();
  }

  trait(name: string): Column {
    return this.#traits.get(name) ?? new Scalars(false);
  }

  attribute(name: string): Column {
    return this.#attributes.get(name) ?? new Scalars(false);
  }

  total(name: LifeCount): Column {
    return this.#column(name);
  }

  sumFrom(name: WindowCount, from: number): Column {
    const [days, column, unit] = [this.#days, dayColumn[name], isMoney(name) ? 100 : 1];
    const at = (row: number): number => days.sumFrom(row, column, from) / unit;
    return new Numbers(at, () => this.#all(at));
  }

  since(name: Moment, now: number): Column {
    const seen = this.#number(name);
    const at = (row: number): number => daysSince(seen[row] ?? Number.NaN, now);
    return new Numbers(at, () => this.#all(at));
  }

  affinity(category: string): Column {
    const at = (row: number): number => shareIn(this.#affinities[row], category);
    return new Numbers(at, () => this.#all(at));
  }

  score(name: ScoreName): Column {
    return this.#column(name);
  }

  label(name: ClassName): Column {
    return this.#labels[name];
  }

  holding(of: Condition, test: Test, now: number): Rows {
    return this.#kept.holding(this, { of, test }, now);
  }

  #column(name: NumberName): Column {
    const numbers = this.#number(name);
    return new Numbers(
      (row) => numbers[row] ?? Number.NaN,
      () => numbers,
    );
  }

  #all(at: (row: number) => number): Float64Array {
    const numbers = new Float64Array(this.#capacity);
    for (let row = 0; row < numbers.length; row++) numbers[row] = at(row);
    return numbers;
  }

  #number(name: NumberName): Float64Array {
    return this.#numbers.get(name) ?? new Float64Array();
  }

  #newRow(id: string): number {
    const row = this.#free.pop() ?? this.#ids.length;
    this.#rows.set(id, row);
    this.#ids[row] = id;
    if (row >= this.#capacity) {
      const size = longer(this.#capacity, row + 1);
      this.#capacity = size;
      this.#taken = moved(this.#taken, noRows(size));
      this.#kept.clear();
      for (const [name, column] of this.#numbers)
        this.#numbers.set(name, moved(column, new Float64Array(size)));
    }
    put(this.#taken, row, true);
    return row;
  }

  #clear(row: number): void {
    for (const column of this.#traits.values()) column.set(row, undefined);
    for (const column of this.#attributes.values()) column.set(row, undefined);
  }

  #intern<T extends Scalar | undefined>(value: T): T;
  #intern(value: Scalar | undefined): Scalar | undefined {
    if (typeof value !== 'string') return value;
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    if (this.#texts.size < INTERNED) this.#texts.set(value, value);
    return value;
  }
}

function shareIn(affinities: readonly (string | number)[] = [], category: string): number {
  for (let i = 0; i < affinities.length; i += 2)
    if (affinities[i] === category) return Number(affinities[i + 1]);
  return 0;
}

function columnOf(columns: Map<string, Scalars>, name: string): Scalars {
  const column = columns.get(name) ?? new Scalars(columns.size < USUAL);
  columns.set(name, column);
  return column;
}

/** In the order of {@link numberNames}. */
const numbersOf = (facts: PlainFacts): (number | undefined)[] => [
  ...lifeCounts.map((name) => lifeCount(name, (index) => facts.totals[index] ?? 0)),
  ...moments.map((name) => momentIn(facts, name)),
  ...scoreNames.map((name) => facts.scores[name]),
];
