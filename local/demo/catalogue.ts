/** What the demo shop sells. */
export interface Product {
  readonly product_id: string;
  readonly name: string;
  readonly category: string;
  /** In US dollars. */
  readonly price: number;
}

const shelves: Readonly<Record<string, readonly (readonly [name: string, price: number])[]>> = {
  lamps: [
    ['Paper lantern', 24],
    ['Desk lamp', 49.5],
    ['Reading light', 35],
    ['Floor lamp', 129],
  ],
  chairs: [
    ['Oak chair', 149],
    ['Folding chair', 39.9],
    ['Rocking chair', 289],
    ['Bar stool', 84],
  ],
  kitchen: [
    ['Enamel pot', 45],
    ['Bread knife', 32.5],
    ['Set of six cups', 28],
    ['Cutting board', 19.9],
  ],
  garden: [
    ['Watering can', 22],
    ['Herb planter', 31],
    ['Hand trowel', 12.5],
    ['Hammock', 95],
  ],
  textiles: [
    ['Wool blanket', 79],
    ['Linen towel', 16.5],
    ['Cotton rug', 110],
    ['Cushion cover', 18],
  ],
};

export const catalogue: readonly Product[] = Object.entries(shelves).flatMap(([category, goods]) =>
  goods.map(([name, price], i) => ({ product_id: `${category}-${i + 1}`, name, category, price })),
);
