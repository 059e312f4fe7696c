/** What the demo shop sells; its simulated shoppers buy the same. */

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

/** Names of the shelves, in the order of the menu. */
export const categories: readonly string[] = Object.keys(shelves);

export const productOf = (item: string): Product | undefined => byItem.get(item);
const byItem = new Map(catalogue.map((product) => [product.product_id, product]));

/** Pieces left, the same in every demo; some products are sold out. */
export const stockOf = ({ product_id }: Product): number => {
  const place = catalogue.findIndex((product) => product.product_id === product_id);
  return (place * 5 + 3) % 11;
};
