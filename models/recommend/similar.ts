/**
 * What lies near to the items of a visit by what they are: the same category, and a price of the same size. Needs nobody's
 * behaviour, so it speaks for products that nobody has looked at yet.
 */

/** A product as far as likeness needs it. `price`: in the shop's currency. */
export interface Kind {
  readonly item: string;
  readonly category: string | undefined;
  readonly price: number | undefined;
}

/** Newest items of the visit that are looked at. */
const LONGEST = 5;
/** How much less an item counts for each step back. */
const MEMORY = 0.7;
/** Likeness of two prices of which one is not known. */
const UNKNOWN_PRICE = 0.5;

/** exp(-|ln(a / b)|): 1 for equal prices, a half where one is twice the other. */
function likePrice(a: number | undefined, b: number | undefined): number {
  return a !== undefined && b !== undefined && a > 0 && b > 0 ? Math.min(a / b, b / a) : UNKNOWN_PRICE;
}

/**
 * Scores above 0 of products in the categories of the visit.
 * @param visit items, the newest last; those of which nothing is known are passed over
 * @param inCategory all products of a category
 */
export function similarTo<K extends Kind>(
  visit: readonly string[],
  find: (item: string) => K | undefined,
  inCategory: (category: string) => readonly K[],
): Map<string, number> {
  const scores = new Map<string, number>();
  visit
    .slice(-LONGEST)
    .toReversed()
    .forEach((item, ago) => {
      const seen = find(item);
      if (seen?.category === undefined) return;
      for (const other of inCategory(seen.category)) {
        const points = MEMORY ** ago * likePrice(seen.price, other.price);
        scores.set(other.item, (scores.get(other.item) ?? 0) + points);
      }
    });
  return scores;
}
