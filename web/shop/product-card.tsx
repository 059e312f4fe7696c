/** A product as one of many. */
import { Anchor, Badge, Card, Group, Text } from '@mantine/core';
import { Link } from 'wouter';
import { recommendationReasons } from '../../events/recommendations.ts';
import { useLanguage, useWords } from '../console/language.tsx';
import { type Product, stockOf } from './catalogue.ts';
import { Picture } from './picture.tsx';
import type { Recommended } from './recommended.ts';
import { CURRENCY } from './tracking.ts';
import { words } from './words.ts';

export function useMoney(): (amount: number) => string {
  const { language } = useLanguage();
  const format = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-US', {
    style: 'currency',
    currency: CURRENCY,
  });
  return (amount) => format.format(amount);
}

interface CardProps {
  readonly product: Product;
  readonly because?: Recommended['because'];
}

/** The same height with and without a reason. */
export function ProductCard({ product, because }: CardProps) {
  const t = useWords(words);
  const { language } = useLanguage();
  const money = useMoney();
  return (
    <Card withBorder padding="sm" component="article" h={because ? 252 : 216}>
      <Card.Section>
        <Picture product={product} height={120} />
      </Card.Section>
      <Anchor
        component={Link}
        href={`/product/${product.product_id}`}
        mt="xs"
        fw={600}
        c="inherit"
        lineClamp={1}
      >
        {product.name}
      </Anchor>
      <Group justify="space-between" mt={4}>
        <Text>{money(product.price)}</Text>
        {stockOf(product) === 0 && (
          <Badge color="gray" variant="light">
            {t.soldOut}
          </Badge>
        )}
      </Group>
      {because && (
        <Text size="xs" c="dimmed" mt={4} lineClamp={2}>
          {recommendationReasons[because][language]}
        </Text>
      )}
    </Card>
  );
}
