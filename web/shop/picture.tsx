/** A drawn picture of a product: a shape for its shelf, in colours of its own. */
import { Box } from '@mantine/core';
import { categories, type Product } from './catalogue.ts';

const shapes: Readonly<Record<string, string>> = {
  lamps: 'M50 12 L78 50 H22 Z M47 50 h6 v30 h-6 Z M34 80 h32 v6 H34 Z',
  chairs: 'M30 14 h8 v36 h32 v8 h-2 v28 h-6 V58 H38 v28 h-8 Z',
  kitchen:
    'M24 40 h46 v32 a10 10 0 0 1 -10 10 H34 a10 10 0 0 1 -10 -10 Z M70 46 h12 v18 H70 v-6 h6 v-6 h-6 Z M30 26 h34 v8 H30 Z',
  garden: 'M50 88 V50 C26 50 24 26 24 20 C42 20 50 32 50 44 C52 30 62 22 78 22 C78 40 68 52 54 52 V88 Z',
  textiles:
    'M20 24 h60 v52 H20 Z M26 76 v10 h4 V76 Z M38 76 v10 h4 V76 Z M50 76 v10 h4 V76 Z M62 76 v10 h4 V76 Z M72 76 v10 h4 V76 Z',
};
const colours = ['teal', 'grape', 'orange', 'blue', 'pink', 'lime', 'cyan', 'yellow'] as const;

/** Says nothing that the name beside it does not. */
export function Picture({ product, height }: { product: Product; height: number }) {
  const place = Number(product.product_id.split('-').at(-1)) + 3 * categories.indexOf(product.category);
  const colour = colours[place % colours.length] ?? 'teal';
  return (
    <Box bg={`${colour}.1`} h={height} style={{ borderRadius: 'var(--mantine-radius-md)' }} aria-hidden>
      <Box component="svg" viewBox="0 0 100 100" w="100%" h="100%">
        <path
          d={shapes[product.category] ?? ''}
          fill={`var(--mantine-color-${colour}-7)`}
          fillRule="evenodd"
        />
      </Box>
    </Box>
  );
}
