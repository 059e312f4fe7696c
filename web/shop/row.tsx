/** A row of recommended products. It takes its room before the answer comes, so that nothing moves. */
import { Box, SimpleGrid, Skeleton, Title } from '@mantine/core';
import { ProductCard } from './product-card.tsx';
import { useRecommended } from './recommended.ts';

const SHOWN = 4;

interface RowProps {
  readonly title: string;
  readonly items?: readonly string[];
}

export function RecommendedRow({ title, items }: RowProps) {
  const found = useRecommended({ limit: SHOWN, ...(items && { items }) });
  return (
    <Box component="section" aria-label={title} aria-busy={!found} mih={{ base: 590, sm: 300 }}>
      {found?.length === 0 ? undefined : (
        <>
          <Title order={2} size="h4" mb="sm">
            {title}
          </Title>
          <SimpleGrid cols={{ base: 2, sm: SHOWN }}>
            {found
              ? found.map(({ product, because }) => (
                  <ProductCard key={product.product_id} product={product} because={because} />
                ))
              : Array.from({ length: SHOWN }, (_, i) => <Skeleton key={i} height={252} />)}
          </SimpleGrid>
        </>
      )}
    </Box>
  );
}
