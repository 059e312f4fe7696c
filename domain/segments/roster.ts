/**
 * The facts of many people in columns, in memory: what counting and previews read. A row looks like anybody's facts, so a
 * rule is evaluated here by the same code as for one person.
 */
import { totalNames } from '../profile/state.ts';
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
const DAY_WIDTH = 7;
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
  readonly #days: (Float64Array | undefined)[] = [];
  readonly #lifecycle: (string | undefined)[] = [];
  readonly #persona: (string | undefined)[] = [];
  /** NaN where unknown. */
  #numbers = new Float64Array(0);
  readonly #view = new Row(this);

  get size(): number {
    return this.#rows.size;
  }

  set(id: string, facts: PlainFacts): void {
    const known = this.#rows.get(id);
    if (known !== undefined) this.#clear(known);
    const row = known ?? this.#newRow(id);
    const at = row * WIDTH;
    this.#numbers.set(facts.totals, at);
    this.#numbers[at + FIRST] = facts.firstSeen ?? Number.NaN;
    this.#numbers[at + LAST] = facts.lastSeen ?? Number.NaN;
    scoreNames.forEach((name, i) => {
      this.#numbers[at + SCORES + i] = facts.scores[name] ?? Number.NaN;
    });
    this.#lifecycle[row] = this.#intern(facts.classes.lifecycle);
    this.#persona[row] = this.#intern(facts.classes.persona);
    for (const [name, value] of facts.traits) columnOf(this.#traits, name)[row] = this.#intern(value);
    for (const [name, value] of facts.attributes) columnOf(this.#attributes, name)[row] = this.#intern(value);
    this.#days[row] = facts.days.length > 0 ? Float64Array.from(facts.days.flat()) : undefined;
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
    const all: string[] = [];
    chosen.forEach((one, row) => {
      const id = one === 1 ? this.#ids[row] : undefined;
      if (id !== undefined) all.push(id);
    });
    const step = Math.max(1, Math.floor(all.length / limit));
    return all.filter((_, i) => i % step === 0).slice(0, limit);
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

  number(row: number, index: number): number {
    return this.#numbers[row * WIDTH + index] ?? Number.NaN;
  }

  traitAt = (row: number, name: string): Scalar | undefined => this.#traits.get(name)?.[row];
  attributeAt = (row: number, name: string): string | undefined => this.#attributes.get(name)?.[row];
  daysAt = (row: number): Float64Array | undefined => this.#days[row];
  affinitiesAt = (row: number): readonly (string | number)[] | undefined => this.#affinities[row];
  labelAt = (row: number, name: 'lifecycle' | 'persona'): string | undefined =>
    (name === 'lifecycle' ? this.#lifecycle : this.#persona)[row];

  #newRow(id: string): number {
    const row = this.#free.pop() ?? this.#ids.length;
    this.#rows.set(id, row);
    this.#ids[row] = id;
    if ((row + 1) * WIDTH > this.#numbers.length) {
      const grown = new Float64Array(Math.max(1024, (row + 1) * 2) * WIDTH);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
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
    const days = this.#of.daysAt(this.row);
    if (!days) return 0;
    const column = dayColumn[name];
    let sum = 0;
    for (let at = days.length - DAY_WIDTH; at >= 0 && (days[at] ?? 0) >= from; at -= DAY_WIDTH)
      sum += days[at + column] ?? 0;
    return isMoney(name) ? sum / 100 : sum;
  }

  daysFrom(name: WindowCount, from: number): DaySum[] {
    const days = this.#of.daysAt(this.row) ?? new Float64Array(0);
    const found: DaySum[] = [];
    for (let at = 0; at < days.length; at += DAY_WIDTH) {
      const [day = 0, sum = 0] = [days[at], days[at + dayColumn[name]]];
      if (day >= from && sum !== 0) found.push([day, sum]);
    }
    return found;
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

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
