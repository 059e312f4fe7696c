/** Figures of a ranking of next items. */
import { Ranking } from '../../../models/measure/ranking.ts';
import { type Case, ranks } from '../../../models/neighbours/evaluate.ts';
import type { Recommender } from '../../../models/neighbours/recommender.ts';

const PLACES = 20;

/** P@20 and MRR@20 in percent: of all cases, and of those whose item is new to the visit or is looked at again. */
export class SessionFigures {
  readonly #parts = {
    '': new Ranking(PLACES),
    'new ': new Ranking(PLACES),
    'repeated ': new Ranking(PLACES),
  };

  add({ prefix, next }: Case, rank: number): void {
    this.#parts[''].add(rank);
    this.#parts[next >= 0 && prefix.includes(next) ? 'repeated ' : 'new '].add(rank);
  }

  get metrics(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.#parts).flatMap(([name, { hitRate, reciprocalRank }]) => [
        [`${name}P@20`, 100 * hitRate],
        [`${name}MRR@20`, 100 * reciprocalRank],
      ]),
    );
  }
}

export function figuresOf(recommender: Recommender, cases: readonly Case[]): Record<string, number> {
  const figures = new SessionFigures();
  let at = 0;
  for (const rank of ranks(recommender, cases)) {
    const one = cases[at++];
    if (one) figures.add(one, rank);
  }
  return figures.metrics;
}
