/** Places of next items among all items, for integer sessions. */
import { Ranking, rankOf } from '../measure/ranking.ts';
import type { Scorer } from './scorer.ts';
import { RESERVED, UNKNOWN } from './sequence.ts';

/** Items are integers from 0; -1 is an item that is not known, and a miss when it is the next one. */
export interface NextItem {
  /** What came before, the newest last. */
  readonly prefix: readonly number[];
  readonly next: number;
}

/** Every session as cases: what came before, next item. */
export const casesOf = (sessions: readonly (readonly number[])[]): NextItem[] =>
  sessions.flatMap((session) =>
    session.slice(1).map((next, i) => ({ prefix: session.slice(0, i + 1), next })),
  );

/** Rows of the item table. */
export const rowsOf = (session: readonly number[], items: number): Int32Array =>
  Int32Array.from(session, (item) => (item >= 0 && item < items ? item + RESERVED : UNKNOWN));

export interface RankOptions {
  readonly items: number;
  /** When false, items of the prefix are not ranked. */
  readonly repeats: boolean;
}

/** Calls `use` with each case and the rank of its item, from 1; Infinity for a miss. Not in order. */
export async function eachRank<C extends NextItem>(
  scorer: Scorer,
  cases: readonly C[],
  { items, repeats }: RankOptions,
  use: (one: C, rank: number) => void,
): Promise<void> {
  const sequences = cases.map(({ prefix }) => ({ items: rowsOf(prefix, items) }));
  await scorer.score(sequences, (i, scores) => {
    const one = cases[i];
    if (!one) return;
    for (const row of repeats ? [] : rowsOf(one.prefix, items)) scores[row] = Number.NEGATIVE_INFINITY;
    const known = one.next >= 0 && one.next < items;
    use(one, known ? rankOf(scores, one.next + RESERVED, RESERVED) : Number.POSITIVE_INFINITY);
  });
}

/** `places`: how many count. */
export async function rankNext(
  scorer: Scorer,
  cases: readonly NextItem[],
  options: RankOptions,
  places = 20,
): Promise<Ranking> {
  const ranking = new Ranking(places);
  await eachRank(scorer, cases, options, (_, rank) => ranking.add(rank));
  return ranking;
}
