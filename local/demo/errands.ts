/** The errands that people come to the demo shop for, and what each of them is like. */
import { seededRandom } from '../../domain/random.ts';
import { catalogue, categories, type Product } from '../../web/shop/catalogue.ts';

/** Products that are looked at one after the other; most on two shelves. */
export type Errand = readonly Product[];

const ERRANDS = 24;
const LENGTH = 7;

/** The same in every demo. */
export const errands: readonly Errand[] = makeErrands(seededRandom(77));

function makeErrands(random: () => number): Errand[] {
  return Array.from({ length: ERRANDS }, () => {
    const two = [
      categories[Math.floor(random() * categories.length)],
      categories[Math.floor(random() * categories.length)],
    ];
    const goods = catalogue.filter(({ category }) => two.includes(category));
    return Array.from({ length: LENGTH }, () => goods[Math.floor(random() * goods.length)]).filter(
      (product) => product !== undefined,
    );
  });
}

/** What a shopper is like; follows from the number alone, so the past and the live stream agree. */
export interface Shopper {
  readonly person: number;
  readonly favourite: Errand;
  /** Chance that a full basket is paid for. */
  readonly buys: number;
  /** Visits per day. */
  readonly rate: number;
  /** Chance that something of an order goes back. */
  readonly returns: number;
}

export function shopperOf(person: number): Shopper {
  const random = seededRandom(person * 7919 + 13);
  return {
    person,
    favourite: errands[Math.floor(random() * errands.length)] ?? [],
    buys: random() < 0.3 ? 0.7 + 0.2 * random() : 0.05 + 0.2 * random(),
    rate: 0.02 + 0.16 * random() ** 2,
    returns: random() < 0.15 ? 0.5 : 0.05,
  };
}

/** What a visit is about: mostly the shopper's favourite errand. */
export const errandOf = ({ favourite }: Shopper, random: () => number): Errand =>
  random() < 0.7 ? favourite : (errands[Math.floor(random() * errands.length)] ?? favourite);
