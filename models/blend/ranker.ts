/**
 * What is served as next items: the blend where the transformer knows the customer, nearest sessions where it does not,
 * popular items for somebody nobody knows.
 */
import type { BehaviourAnswer } from '../behaviour/answers.ts';
import type { Catalogue } from '../neighbours/catalogue.ts';
import type { Recommender } from '../neighbours/recommender.ts';
import { type BlendModel, rank } from './blend.ts';
import { best, type Source, type Visit } from './features.ts';

export const sources: readonly Source[] = [
  { name: 'behaviour', form: 'logit' },
  { name: 'neighbours', form: 'points' },
  { name: 'co-visitation', form: 'points' },
];

export interface Suggestion {
  readonly item: string;
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
  /** Who is responsible: a source's name. */
  readonly because: string;
}

/** How somebody is served. */
export type Mode = 'blend' | 'neighbours' | 'popularity';

/** Opinions about all items of the catalogue. `behaviour`: what the transformer answered, best first. */
export function visitOf(
  catalogue: Catalogue,
  visit: readonly string[],
  behaviour: BehaviourAnswer['items'],
): Visit {
  const prefix = catalogue.prefixOf(visit);
  const logits = new Float32Array(catalogue.items.length);
  // What is not among the answered items is at best as good as the last of them.
  logits.fill(behaviour.at(-1)?.score ?? 0);
  for (const { item, score } of behaviour) {
    const place = catalogue.placeOf(item);
    if (place >= 0) logits[place] = score;
  }
  const scored = (recommender: Recommender): Float32Array => catalogue.scores(recommender, visit);
  return { prefix, scores: [logits, scored(catalogue.neighbours), scored(catalogue.coVisitation)] };
}

export const modeOf = (
  catalogue: Catalogue,
  visit: readonly string[],
  behaviour: BehaviourAnswer['items'] | undefined,
): Mode =>
  behaviour && behaviour.length > 0 && visit.length > 0
    ? 'blend'
    : visit.some((item) => catalogue.placeOf(item) >= 0)
      ? 'neighbours'
      : 'popularity';

export interface RankOptions {
  readonly catalogue: Catalogue;
  /** Undefined until one was learned. */
  readonly blend?: BlendModel | undefined;
  /** Items in an answer. */
  readonly count: number;
}

/** Suggestions for one customer, best first. `visit`: items of the running or the last visit, the newest last. */
export function suggest(
  { catalogue, blend, count }: RankOptions,
  visit: readonly string[],
  behaviour: BehaviourAnswer['items'] | undefined,
): { readonly mode: Mode; readonly items: Suggestion[] } {
  const mode = blend ? modeOf(catalogue, visit, behaviour) : modeOf(catalogue, visit, undefined);
  const named = (place: number): string => catalogue.items[place] ?? '';
  const now = visit.at(-1);
  if (mode === 'blend' && blend) {
    const ranked = rank(blend, catalogue.logCounts, visitOf(catalogue, visit, behaviour ?? []), count + 1)
      .map(({ item, score, because }) => ({ item: named(item), score, because }))
      .filter(({ item }) => item !== now);
    return { mode, items: ranked.slice(0, count) };
  }
  const scores = catalogue.scores(mode === 'neighbours' ? catalogue.neighbours : catalogue.popularity, visit);
  const items = best(scores, count)
    .map((place) => ({ item: named(place), score: scores[place] ?? 0, because: mode }))
    .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1));
  return { mode, items };
}
