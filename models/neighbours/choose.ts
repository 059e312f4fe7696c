/** Which form of nearest sessions suits a shop: in some the order of items says much, in others only the company. */
import { rankOf, reciprocal } from '../measure/ranking.ts';
import { Catalogue } from './catalogue.ts';
import type { SessionKnnOptions } from './session-knn.ts';

export interface KnownVisit {
  /** Items so far, the newest last. */
  readonly visit: readonly string[];
  readonly next: string;
}

const PLACES = 20;
/** Visits that are tried, at most. */
const TRIED = 1000;

/** From "company only" to "the very next item". */
const forms: readonly Partial<SessionKnnOptions>[] = [
  {},
  { itemDecay: 0.7 },
  { next: 3, itemDecay: 0.7 },
  { before: 0.3, afterDecay: 1, beforeDecay: 1, next: 2, itemDecay: 0.5 },
  { before: 0.05, afterDecay: 0.5, beforeDecay: 0.5, next: 4, itemDecay: 0.3 },
];

/** The form with the highest MRR@20 on visits after the training ones; never judge on the same visits. */
export function chooseKnn(
  visits: readonly (readonly string[])[],
  known: readonly KnownVisit[],
): Partial<SessionKnnOptions> {
  const every = Math.max(1, Math.ceil(known.length / TRIED));
  const tried = known.filter((_, i) => i % every === 0);
  const figures = forms.map((form) => {
    const catalogue = Catalogue.fit(visits, form);
    return tried.reduce((sum, { visit, next }) => {
      const place = catalogue.placeOf(next);
      const scores = catalogue.scores(catalogue.neighbours, visit);
      return sum + (place >= 0 && (scores[place] ?? 0) > 0 ? reciprocal(rankOf(scores, place), PLACES) : 0);
    }, 0);
  });
  return forms[figures.indexOf(Math.max(...figures))] ?? {};
}
