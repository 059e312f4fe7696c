/**
 * The facts of many people in columns, in memory: what counting and previews read. A row looks like anybody's facts, so a
 * rule is evaluated here by the same code as for one person.
 */
import { totalNames } from '../profile/state.ts';
import { DayPool } from './day-pool.ts';
import type { Compiled } from './evaluate.ts';
import {
  type DaySum,
  dayColumn,
  type Facts,
  isMoney,
  lastOrderIndex,
  lifeCount,
  type PlainFacts,
  type Scalar,
} from './facts.ts';
import { scoreNames, type WindowCount } from './rule.ts';

const TOTALS = totalNames.length;
/** Distinct texts that are kept once. */
const INTERNED = 50_000;

export class Roster {
  readonly #rows = new Map<string, number>();
  readonly #ids: (string | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #traits = new Map<string, (Scalar | undefined)[]>();
  readonly #attributes = new Map<string, (string | undefined)[]>();
  readonly #texts = new Map<string, string>();
  readonly #affinities: (readonly (string | number)[] | undefined)[] = [];
  readonly #days = new DayPool();
  readonly #lifecycle: (string | undefined)[] = [];
  readonly #persona: (string | undefined)[] = [];
  /** By index, then by row, so that a pass over one number of everybody reads memory in order. NaN where unknown. */
  readonly #numbers = Array.from({ length: WIDTH }, () => new Float64Array(64));
  readonly #view = new Row(this);

  get size(): number {
    return this.#rows.size;
  }

  set(id: string, facts: PlainFacts): void {
    const known = this.#rows.get(id);
    if (known !== undefined) this.#clear(known);
    const row = known ?? this.#newRow(id);
    const { totals, firstSeen = Number.NaN, lastSeen = Number.NaN, scores } = facts;
    const numbers = [...totals, firstSeen, lastSeen, ...scoreNames.map((name) => scores[name] ?? Number.NaN)];
    this.#numbers.forEach((column, i) => {
      column[row] = numbers[i] ?? Number.NaN;
    });
    this.#lifecycle[row] = this.#intern(facts.classes.lifecycle);
    this.#persona[row] = this.#intern(facts.classes.persona);
    for (const [name, value] of facts.traits) columnOf(this.#traits, name)[row] = this.#intern(value);
    for (const [name, value] of facts.attributes) columnOf(this.#attributes, name)[row] = this.#intern(value);
    this.#days.set(row, facts.days);
    const affinities = [...facts.affinities].flatMap(([name, share]) => [this.#intern(name), share]);
    this.#affinities[row] = affinities.length > 0 ? affinities : undefined;
  }

  delete(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#clear(row);
    this.#rows.delete(id);
    this.#ids[row] = undefined;
    this.#free.push(row);
  }

  /** 1 by row for those who belong; rows of nobody are 0. */
  select({ test }: Compiled, now: number): Uint8Array {
    const chosen = new Uint8Array(this.#ids.length);
    const view = this.#view;
    for (let row = 0; row < chosen.length; row++) {
      if (this.#ids[row] === undefined) continue;
      view.row = row;
      if (test(view, now)) chosen[row] = 1;
    }
    return chosen;
  }

  /** Ids of chosen rows, at most `limit`, spread evenly over all of them. */
  idsOf(chosen: Uint8Array, limit = Number.POSITIVE_INFINITY): string[] {
    const step = Math.max(1, Math.floor(sizeOf(chosen) / limit));
    const ids: string[] = [];
    for (let row = 0, place = 0; row < chosen.length && ids.length < limit; row++) {
      const id = chosen[row] === 1 ? this.#ids[row] : undefined;
      if (id !== undefined && place++ % step === 0) ids.push(id);
    }
    return ids;
  }

  /** A number of everybody who has it, ascending. */
  sorted(read: (facts: Facts) => number | undefined): Float64Array {
    const view = this.#view;
    const values: number[] = [];
    for (let row = 0; row < this.#ids.length; row++) {
      if (this.#ids[row] === undefined) continue;
      view.row = row;
      const value = read(view);
      if (value !== undefined) values.push(value);
    }
    return Float64Array.from(values).sort();
  }

  /** Names that somebody has a value of. */
  names(kind: 'traits' | 'attributes'): string[] {
    return [...(kind === 'traits' ? this.#traits : this.#attributes).keys()].sort();
  }

  get days(): DayPool {
    return this.#days;
  }

  number(row: number, index: number): number {
    return this.#numbers[index]?.[row] ?? Number.NaN;
  }

  traitAt = (row: number, name: string): Scalar | undefined => this.#traits.get(name)?.[row];
  attributeAt = (row: number, name: string): string | undefined => this.#attributes.get(name)?.[row];
  affinitiesAt = (row: number): readonly (string | number)[] | undefined => this.#affinities[row];
  labelAt = (row: number, name: 'lifecycle' | 'persona'): string | undefined =>
    (name === 'lifecycle' ? this.#lifecycle : this.#persona)[row];

  #newRow(id: string): number {
    const row = this.#free.pop() ?? this.#ids.length;
    this.#rows.set(id, row);
    this.#ids[row] = id;
    this.#numbers.forEach((column, i) => {
      if (row < column.length) return;
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      this.#numbers[i] = grown;
    });
    return row;
  }

  #clear(row: number): void {
    for (const column of this.#traits.values()) if (column[row] !== undefined) column[row] = undefined;
    for (const column of this.#attributes.values()) if (column[row] !== undefined) column[row] = undefined;
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

/** Numbers of a row: totals, first and last seen, scores. */
const FIRST = TOTALS;
const LAST = TOTALS + 1;
const SCORES = TOTALS + 2;
const WIDTH = SCORES + scoreNames.length;

function columnOf<T>(columns: Map<string, (T | undefined)[]>, name: string): (T | undefined)[] {
  const column = columns.get(name) ?? [];
  columns.set(name, column);
  return column;
}

/** One row as facts; moved from row to row, so that a pass makes no objects. */
class Row implements Facts {
  row = 0;
  readonly #of: Roster;

  constructor(of: Roster) {
    this.#of = of;
  }

  trait(name: string): Scalar | undefined {
    return this.#of.traitAt(this.row, name);
  }

  attribute(name: string): string | undefined {
    return this.#of.attributeAt(this.row, name);
  }

  total(name: Parameters<Facts['total']>[0]): number | undefined {
    return lifeCount(name, (index) => this.#of.number(this.row, index));
  }

  sumFrom(name: WindowCount, from: number): number {
    const sum = this.#of.days.sumFrom(this.row, dayColumn[name], from);
    return isMoney(name) ? sum / 100 : sum;
  }

  daysFrom(name: WindowCount, from: number): DaySum[] {
    return this.#of.days.daysFrom(this.row, dayColumn[name], from);
  }

  moment(name: Parameters<Facts['moment']>[0]): number | undefined {
    if (name === 'lastOrder') return this.#of.number(this.row, lastOrderIndex) || undefined;
    return known(this.#of.number(this.row, name === 'firstSeen' ? FIRST : LAST));
  }

  affinity(category: string): number {
    const all = this.#of.affinitiesAt(this.row) ?? [];
    const at = all.indexOf(category);
    const share = at >= 0 && at % 2 === 0 ? all[at + 1] : 0;
    return typeof share === 'number' ? share : 0;
  }

  score(name: Parameters<Facts['score']>[0]): number | undefined {
    return known(this.#of.number(this.row, SCORES + scoreNames.indexOf(name)));
  }

  label(name: Parameters<Facts['label']>[0]): string | undefined {
    return this.#of.labelAt(this.row, name);
  }
}

/** How many rows are chosen. */
export function sizeOf(chosen: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < chosen.length; row++) count += chosen[row] ?? 0;
  return count;
}

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
