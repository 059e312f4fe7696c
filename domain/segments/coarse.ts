/**
 * Who a rule selects, for counts that anybody may see: as if the conditions that decide about few people were not there.
 *
 * Whoever asks twice, once with a condition that concerns one person and once without, would read that person off the
 * difference. So a condition is left out when the selection with it and without it differ by fewer people than may be
 * counted: both questions then have the same answer. Values of a list that few people have are left out likewise.
 */
import { compile, read } from './evaluate.ts';
import { plain } from './holds.ts';
import type { Roster } from './roster.ts';
import { both, differences, either, type Rows, without } from './rows.ts';
import { type Condition, type Rule, readRule } from './rule.ts';

type Node =
  | { readonly kind: 'leaf'; readonly rows: Rows; out: boolean }
  | { readonly kind: 'not'; readonly inner: Node }
  | { readonly kind: 'all' | 'any'; readonly inner: readonly Node[] };
type Leaf = Extract<Node, { kind: 'leaf' }>;

/** Of use until somebody changes. `least`: fewer people than this decide nothing. `now`: ms. */
export function selectCoarsely(roster: Roster, rule: Rule, least: number, now: number): Rows {
  const leaves: Leaf[] = [];
  const { everybody } = roster;
  const root = nodeOf(
    rule,
    (condition) => compile(withoutRare(roster, condition, least, now)).select(roster, now),
    leaves,
  );
  let rows = selected(root, everybody);
  for (const leaf of leaves) {
    leaf.out = true;
    const rest = selected(root, everybody);
    if (differences(rows, rest) < least) rows = rest;
    else leaf.out = false;
  }
  return rows;
}

function nodeOf(rule: Rule, rowsOf: (condition: Condition) => Rows, leaves: Leaf[]): Node {
  if ('not' in rule) return { kind: 'not', inner: nodeOf(rule.not, rowsOf, leaves) };
  if ('all' in rule) return { kind: 'all', inner: rule.all.map((one) => nodeOf(one, rowsOf, leaves)) };
  if ('any' in rule) return { kind: 'any', inner: rule.any.map((one) => nodeOf(one, rowsOf, leaves)) };
  const leaf: Leaf = { kind: 'leaf', rows: rowsOf(rule), out: false };
  leaves.push(leaf);
  return leaf;
}

/** A list keeps the values that enough people have. */
function withoutRare(roster: Roster, condition: Condition, least: number, now: number): Rule {
  const { op, value } = condition;
  if (op !== 'in' || !Array.isArray(value)) return condition;
  const people = read(roster, condition, now).tally(new Set(value.map(plain)), roster.everybody);
  const kept = value.filter((one) => (people.get(plain(one)) ?? 0) >= least);
  return kept.length === 0 ? { any: [] } : readRule({ ...condition, value: kept });
}

/** Whether a node has anything to say once leaves are out of it. */
const speaks = (node: Node): boolean =>
  node.kind === 'leaf'
    ? !node.out
    : node.kind === 'not'
      ? speaks(node.inner)
      : node.inner.length === 0 || node.inner.some(speaks);

function selected(node: Node, everybody: Rows): Rows {
  switch (node.kind) {
    case 'leaf':
      return node.out ? everybody : node.rows;
    case 'not': {
      const inner = selected(node.inner, everybody);
      return speaks(node.inner) ? without(everybody, inner) : everybody;
    }
    case 'all':
    case 'any': {
      const spoken = node.inner.filter(speaks).map((one) => selected(one, everybody));
      if (node.kind === 'all') return spoken.reduce(both, everybody);
      return spoken.reduce(either, new Uint32Array(everybody.length));
    }
  }
}
