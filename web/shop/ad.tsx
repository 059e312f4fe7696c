/** The shop's one ad slot: a banner for the product that suits the visitor best. Shown and clicked are told once each. */
import { Badge, Box, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useWords } from '../console/language.tsx';
import type { Product } from './catalogue.ts';
import { Picture } from './picture.tsx';
import { useMoney } from './product-card.tsx';
import { useRecommended } from './recommended.ts';
import { adClicked, adSeen } from './tracking.ts';
import { words } from './words.ts';

const HEIGHT = 148;

export function AdSlot({ placement }: { placement: string }) {
  const found = useRecommended({ limit: 1 });
  const product = found?.[0]?.product;
  if (found && !product) return <Box h={HEIGHT} />;
  return product ? (
    <Banner key={product.product_id} product={product} placement={placement} />
  ) : (
    <Skeleton height={HEIGHT} />
  );
}

function Banner({ product, placement }: { product: Product; placement: string }) {
  const t = useWords(words);
  const money = useMoney();
  const { ref, entry } = useIntersection({ threshold: 0.5 });
  const seen = entry?.isIntersecting === true;
  useEffect(() => {
    if (seen) adSeen(product, placement);
  }, [seen, product, placement]);
  return (
    <Card ref={ref} withBorder h={HEIGHT} padding="sm" component="aside" aria-label={t.ad}>
      <Group wrap="nowrap" h="100%">
        <Box w={116} miw={116}>
          <Picture product={product} height={116} />
        </Box>
        <Stack gap={4} miw={0}>
          <Badge variant="default" size="sm">
            {t.ad}
          </Badge>
          <Text fw={700} truncate>
            {product.name}
          </Text>
          <Text size="sm">{money(product.price)}</Text>
          <Button
            component={Link}
            href={`/product/${product.product_id}`}
            onClick={() => adClicked(product, placement)}
            size="compact-sm"
            w="fit-content"
          >
            {t.see}
          </Button>
        </Stack>
      </Group>
    </Card>
  );
}
