/** Coarse selections are those of the plain algorithm, which goes from person to person and asks value by value. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rule } from '../../test/fixtures/rules.ts';
import { DAY_MS, emptyState } from '../profile/state.ts';
import { selectCoarsely } from './coarse.ts';
import { evaluate } from './evaluate.ts';
import { factsFrom, type PlainFacts, plainFacts, type Scalar } from './facts.ts';
import { Roster } from './roster.ts';
import { sizeOf } from './rows.ts';
import { type Condition, type Rule, readRule } from './rule.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 150) * 2;
const NOW = Date.UTC(2026, 5, 2);
const TODAY = Math.floor(NOW / DAY_MS);

type Ids = ReadonlySet<number>;
type Node =
  | { readonly kind: 'leaf'; readonly ids: Ids; out: boolean }
  | { readonly kind: 'not'; readonly inner: Node }
  | { readonly kind: 'all' | 'any'; readonly inner: readonly Node[] };

const less = (a: Ids, b: Ids): Ids => new Set([...a].filter((id) => !b.has(id)));

class Plain {
  readonly #people: readonly PlainFacts[];
  readonly #least: number;
  readonly #leaves: Extract<Node, { kind: 'leaf' }>[] = [];

  constructor(people: readonly PlainFacts[], least: number) {
    this.#people = people;
    this.#least = least;
  }

  select(asked: Rule): number[] {
    const root = this.#nodeOf(asked);
    let ids = this.#selected(root);
    for (const leaf of this.#leaves) {
      leaf.out = true;
      const rest = this.#selected(root);
      if (less(ids, rest).size + less(rest, ids).size < this.#least) ids = rest;
      else leaf.out = false;
    }
    return [...ids].sort((a, b) => a - b);
  }

  #exactly(asked: Rule): Ids {
    const ids = [...this.#people.keys()];
    return new Set(
      ids.filter(
        (id) => evaluate(asked, factsFrom(this.#people[id] ?? plainFacts(emptyState())), NOW).member,
      ),
    );
  }

  #nodeOf(asked: Rule): Node {
    if ('not' in asked) return { kind: 'not', inner: this.#nodeOf(asked.not) };
    if ('all' in asked) return { kind: 'all', inner: asked.all.map((one) => this.#nodeOf(one)) };
    if ('any' in asked) return { kind: 'any', inner: asked.any.map((one) => this.#nodeOf(one)) };
    const leaf = { kind: 'leaf' as const, ids: this.#exactly(this.#withoutRare(asked)), out: false };
    this.#leaves.push(leaf);
    return leaf;
  }

  #withoutRare(asked: Condition): Rule {
    const { op, value } = asked;
    if (op !== 'in' || !Array.isArray(value)) return asked;
    const kept = value.filter(
      (one) => this.#exactly(readRule({ ...asked, op: 'eq', value: one })).size >= this.#least,
    );
    return kept.length === 0 ? { any: [] } : readRule({ ...asked, value: kept });
  }

  #speaks(node: Node): boolean {
    if (node.kind === 'leaf') return !node.out;
    if (node.kind === 'not') return this.#speaks(node.inner);
    return node.inner.length === 0 || node.inner.some((one) => this.#speaks(one));
  }

  #selected(node: Node): Ids {
    const everybody: Ids = this.#exactly({ all: [] });
    if (node.kind === 'leaf') return node.out ? everybody : node.ids;
    if (node.kind === 'not') {
      return this.#speaks(node.inner) ? less(everybody, this.#selected(node.inner)) : everybody;
    }
    const spoken = node.inner.filter((one) => this.#speaks(one)).map((one) => this.#selected(one));
    if (node.kind === 'all') return spoken.reduce<Ids>((a, b) => less(a, less(a, b)), everybody);
    return spoken.reduce<Ids>((a, b) => new Set([...a, ...b]), new Set());
  }
}

const maybe = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined });
const said = fc.record({
  plan: maybe<Scalar>('Lamps', 'lamps', 'en', 2, 7, true),
  club: maybe<Scalar>('Ada', '', 'true', 0.5),
  t1: maybe<Scalar>('spring', 'at risk', 30),
});
const known = <T>(values: { readonly [name: string]: T | undefined }): Map<string, T> =>
  new Map(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
const count = fc.constantFrom(0, 1, 2, 7, 30, 300);
const person: fc.Arbitrary<PlainFacts> = fc
  .record({
    traits: said,
    attributes: fc.record({ locale: maybe('en', 'EN', ''), country: maybe('spring', 'Ada') }),
    totals: fc.array(count, { minLength: 12, maxLength: 12 }),
    days: fc.uniqueArray(fc.integer({ min: TODAY - 34, max: TODAY }), { maxLength: 3 }),
    counts: fc.array(count, { minLength: 6, maxLength: 6 }),
    affinity: maybe(0.5, 1),
    seen: maybe(NOW, NOW - 2 * DAY_MS, NOW - 7 * DAY_MS - 1),
    purchase: maybe(0, 0.5, 1),
    lifecycle: maybe('at risk', 'lamps'),
  })
  .map(({ traits, attributes, totals, days, counts, affinity, seen, purchase, lifecycle }) => ({
    traits: known(traits),
    attributes: known(attributes),
    totals,
    days: days.sort((a, b) => a - b).map((day) => [day, ...counts]),
    affinities: known({ lamps: affinity }),
    firstSeen: seen,
    lastSeen: seen,
    scores: purchase === undefined ? {} : { purchase },
    classes: lifecycle === undefined ? {} : { lifecycle },
  }));

const people = fc.array(person, { maxLength: 12, size: 'max' });
const gone = fc.array(person, { maxLength: 4 });

test('selects coarsely whom the plain algorithm selects', () => {
  fc.assert(
    fc.property(people, gone, rule, fc.integer({ min: 1, max: 4 }), (all, left, asked, least) => {
      const roster = new Roster();
      left.forEach((facts, i) => roster.set(`gone ${i}`, facts));
      all.forEach((facts, i) => roster.set(`${i}`, facts));
      left.forEach((_, i) => roster.delete(`gone ${i}`));
      const chosen = selectCoarsely(roster, asked, least, NOW);
      const wanted = new Plain(all, least).select(asked);
      expect(
        roster
          .idsOf(chosen)
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(wanted);
      expect(sizeOf(chosen)).toBe(wanted.length);
    }),
    { numRuns },
  );
});

test('a value of a list is as rare as those who are still there make it', () => {
  const roster = new Roster();
  const buyer = (orders: number): PlainFacts => ({
    ...plainFacts(emptyState()),
    totals: [0, 0, 0, 0, 0, orders],
  });
  [1, 2, 2, 2, 0, 0, 0, 0, 1].forEach((orders, i) => roster.set(`${i}`, buyer(orders)));
  const asked: Rule = { kind: 'count', of: 'orders', op: 'in', value: [1, 2] };
  expect(sizeOf(selectCoarsely(roster, asked, 2, NOW))).toBe(5);
  roster.delete('8');
  expect(sizeOf(selectCoarsely(roster, asked, 2, NOW))).toBe(3);
});
