/** How a recommendation can be found, and why an item is in it: closed lists that the API and the pages share. */

/** Ways to find items, in the order in which one stands in for another that has nothing to say. */
export const recommendationSources = [
  /** The behaviour model and the neighbours, weighed as learned from known visits. */
  'blend',
  /** Nearest sessions: what people with a similar visit looked at. */
  'neighbours',
  /** Items of the same category and near in price. */
  'similar',
  /** What most people look at. */
  'popular',
  /** What came into the shop last. */
  'newest',
] as const;
export type RecommendationSource = (typeof recommendationSources)[number];

/** `auto`: the sources in their order, each filling the places that the ones before left. Others: that one alone. */
export const recommendationModes = ['auto', ...recommendationSources, 'sequence'] as const;
export type RecommendationMode = (typeof recommendationModes)[number];

/** One sentence per reason, as a page may show it to the person. */
export const recommendationReasons = {
  continues_session: { en: 'Goes on from what you looked at', zh: '延续您刚才的浏览' },
  viewed_together: {
    en: 'People who looked at the same things looked at this too',
    zh: '看过同样商品的人也看了它',
  },
  viewed_next: { en: 'Often looked at next', zh: '接下来常被浏览' },
  similar_product: { en: 'Of the same kind, and near in price', zh: '同类商品,价格相近' },
  popular: { en: 'Many people look at it', zh: '很多人都在看' },
  new_product: { en: 'New in the shop', zh: '新品上架' },
} as const;
export type RecommendationReason = keyof typeof recommendationReasons;
