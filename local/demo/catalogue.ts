/** What the demo shop sells, and the errands that people come for. */
import { seededRandom } from '../../domain/random.ts';

export interface Product {
  readonly product_id: string;
  readonly name: string;
  readonly category: string;
  /** In US dollars. */
  readonly price: number;
}

const shelves: Readonly<Record<string, string>> = {
  lamps:
    'Paper lantern 24, Desk lamp 49.5, Reading light 35, Floor lamp 129, Bedside lamp 42, Spot light 27.5, Lamp shade 19, Chandelier 349, Night light 12, Garden lantern 38, String lights 18.5, Wall lamp 59',
  chairs:
    'Oak chair 149, Folding chair 39.9, Rocking chair 289, Bar stool 84, Office chair 219, Bench 119, Armchair 399, Foot stool 45, High chair 99, Deck chair 69, Bean bag 79, Seat pad 14.5',
  kitchen:
    'Enamel pot 45, Bread knife 32.5, Set of six cups 28, Cutting board 19.9, Frying pan 54, Kettle 39, Mixing bowl 16, Rolling pin 11.5, Scales 24.9, Tea towel 8.5, Spice rack 35, Apron 22',
  garden:
    'Watering can 22, Herb planter 31, Hand trowel 12.5, Hammock 95, Garden gloves 9.9, Pruning shears 27, Seed set 14, Bird feeder 19, Hose 36, Compost bin 58, Flower pot 8, Fire bowl 139',
  textiles:
    'Wool blanket 79, Linen towel 16.5, Cotton rug 110, Cushion cover 18, Bed sheet 44, Curtain 62, Table cloth 34, Bath mat 21, Throw 48, Pillow 29, Duvet 129, Slippers 24',
};

export const catalogue: readonly Product[] = Object.entries(shelves).flatMap(([category, goods]) =>
  goods.split(', ').map((text, i) => {
    const space = text.lastIndexOf(' ');
    return {
      product_id: `${category}-${i + 1}`,
      name: text.slice(0, space),
      category,
      price: Number(text.slice(space + 1)),
    };
  }),
);

/** Products that are looked at one after the other; most on two shelves. */
export type Errand = readonly Product[];

const ERRANDS = 24;
const LENGTH = 7;

/** The same in every demo. */
export const errands: readonly Errand[] = makeErrands(seededRandom(77));

function makeErrands(random: () => number): Errand[] {
  const names = Object.keys(shelves);
  return Array.from({ length: ERRANDS }, () => {
    const two = [names[Math.floor(random() * names.length)], names[Math.floor(random() * names.length)]];
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
