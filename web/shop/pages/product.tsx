/** One product, and what may go with it. */
import { Anchor, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useWords } from '../../console/language.tsx';
import { type Product, productOf, stockOf } from '../catalogue.ts';
import { Picture } from '../picture.tsx';
import { useMoney } from '../product-card.tsx';
import { RecommendedRow } from '../row.tsx';
import { useShop } from '../shop.tsx';
import { added, viewed } from '../tracking.ts';
import { words } from '../words.ts';

export function ProductPage({ item }: { item: string }) {
  const t = useWords(words);
  const product = productOf(item);
  return (
    <Stack>
      <Anchor component={Link} href="/">
        {t.back}
      </Anchor>
      {product ? <Offer product={product} /> : <Text>{t.unknown}</Text>}
    </Stack>
  );
}

function Offer({ product }: { product: Product }) {
  const t = useWords(words);
  const { dispatch } = useShop();
  const money = useMoney();
  const stock = stockOf(product);
  const item = product.product_id;
  useEffect(() => {
    viewed(product);
    dispatch({ kind: 'viewed', item });
    scrollTo(0, 0);
  }, [product, item, dispatch]);
  const add = (): void => {
    added(product, 1);
    dispatch({ kind: 'added', item, quantity: 1 });
  };
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Picture product={product} height={260} />
        <Stack justify="center" gap="sm">
          <Title order={1}>{product.name}</Title>
          <Group>
            <Text size="xl">{money(product.price)}</Text>
            <Badge variant="light">{product.category}</Badge>
            {stock < 4 && (
              <Badge color={stock === 0 ? 'gray' : 'orange'} variant="light">
                {stock === 0 ? t.soldOut : t.left(stock)}
              </Badge>
            )}
          </Group>
          <Button onClick={add} disabled={stock === 0} w="fit-content">
            {t.add}
          </Button>
        </Stack>
      </SimpleGrid>
      <RecommendedRow title={t.alsoGood} items={[item]} />
    </>
  );
}
