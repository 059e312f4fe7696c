/** The sources of recommendations, from what serves: each answers candidates, or none where it has nothing to go on. */
import type { Candidate, Source } from '../../domain/recommend/choose.ts';
import {
  type RecommendationMode,
  type RecommendationReason,
  type RecommendationSource,
  recommendationSources,
} from '../../events/recommendations.ts';
import type { BehaviourAnswer } from '../behaviour/answers.ts';
import { type RankOptions, suggest } from '../blend/ranker.ts';
import type { Catalogue } from '../neighbours/catalogue.ts';
import { type Kind, similarTo } from './similar.ts';

/** Candidates of a model: as many as compete for places, and some that filters may take. */
const CANDIDATES = 300;

/** Products of the shop, as the sources ask for them. */
export interface Goods {
  find(item: string): Kind | undefined;
  inCategory(category: string): readonly Kind[];
  /** Newest first. */
  readonly newest: readonly Kind[];
}

export interface Known {
  /** Items of the visit, the newest last. */
  readonly visit: readonly string[];
  /** What the behaviour model answered, best first; undefined where it did not. */
  readonly behaviour: BehaviourAnswer['items'] | undefined;
  readonly catalogue: Catalogue | undefined;
  readonly blend: RankOptions['blend'];
  readonly goods: Goods;
}

export type From = Exclude<RecommendationMode, 'auto'>;

/** Who raised an item most in the blend, as a reason. */
const reasonOf: Readonly<Record<string, RecommendationReason>> = {
  behaviour: 'continues_session',
  neighbours: 'viewed_together',
  'co-visitation': 'viewed_next',
};

function blended({ catalogue, blend, visit, behaviour }: Known, wanted: 'blend' | 'neighbours'): Candidate[] {
  if (!catalogue) return [];
  const opinion = wanted === 'blend' ? { blend, behaviour } : { blend: undefined, behaviour: undefined };
  const options = { catalogue, blend: opinion.blend, count: CANDIDATES };
  const { mode, items } = suggest(options, visit, opinion.behaviour);
  if (mode !== wanted) return [];
  return items.map(({ item, score, because }) => ({
    item,
    score,
    because: reasonOf[because] ?? 'popular',
  }));
}

/** The behaviour model alone: logits as shares of the best one. */
function sequence({ behaviour = [] }: Known): Candidate[] {
  const most = behaviour.reduce((top, { score }) => Math.max(top, score), Number.NEGATIVE_INFINITY);
  return behaviour.map(({ item, score }) => ({
    item,
    score: Math.exp(score - most),
    because: 'continues_session',
  }));
}

function similar({ visit, goods }: Known): Candidate[] {
  const scores = similarTo(
    visit,
    (item) => goods.find(item),
    (category) => goods.inCategory(category),
  );
  return [...scores].map(([item, score]) => ({ item, score, because: 'similar_product' }));
}

function popular({ catalogue }: Known): Candidate[] {
  if (!catalogue) return [];
  const { items, popularity } = catalogue;
  return items.map((item, i) => ({ item, score: popularity.counts[i] ?? 0, because: 'popular' }));
}

const newest = ({ goods }: Known): Candidate[] =>
  goods.newest.map(({ item }, place) => ({ item, score: 1 / (1 + place), because: 'new_product' }));

const makers: Readonly<Record<From, (known: Known) => Candidate[]>> = {
  blend: (known) => blended(known, 'blend'),
  neighbours: (known) => blended(known, 'neighbours'),
  sequence,
  similar,
  popular,
  newest,
};

/** The sources of a mode, in the order in which they fill places. */
export function sourcesOf(mode: RecommendationMode, known: Known): Source<From>[] {
  const names: readonly From[] =
    mode === 'auto' ? (recommendationSources satisfies readonly RecommendationSource[]) : [mode];
  return names.map((name) => ({ name, candidates: () => makers[name](known) }));
}
