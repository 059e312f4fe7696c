/** All products, by shelf or by a word. */
import { Chip, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useWords } from '../../console/language.tsx';
import { AdSlot } from '../ad.tsx';
import { catalogue, categories, type Product } from '../catalogue.ts';
import { ProductCard } from '../product-card.tsx';
import { RecommendedRow } from '../row.tsx';
import { listViewed, page, searched } from '../tracking.ts';
import { words } from '../words.ts';

const matching = (category: string | undefined, query: string): readonly Product[] =>
  catalogue.filter(
    (product) =>
      (category === undefined || product.category === category) &&
      product.name.toLowerCase().includes(query.toLowerCase()),
  );

export function ListPage() {
  const t = useWords(words);
  const [category, setCategory] = useState<string>();
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), 400);
  const shown = matching(category, query);
  useEffect(() => page('Home'), []);
  useEffect(() => listViewed(category, matching(category, '')), [category]);
  useEffect(() => {
    if (query !== '') searched(query);
  }, [query]);
  return (
    <Stack>
      <AdSlot placement="home-top" />
      <TextInput
        type="search"
        aria-label={t.search}
        placeholder={t.search}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Chip.Group
        value={category ?? ''}
        onChange={(value) => setCategory(value === '' ? undefined : `${value}`)}
      >
        <Group gap="xs">
          {['', ...categories].map((name) => (
            <Chip key={name} value={name} size="sm">
              {name === '' ? t.all : name}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {query === '' && category === undefined && <RecommendedRow title={t.forYou} />}
      <Title order={1} size="h4" aria-live="polite">
        {category ?? t.all}: {t.found(shown.length)}
      </Title>
      {shown.length === 0 && <Text c="dimmed">{t.noneFound}</Text>}
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }}>
        {shown.map((product) => (
          <ProductCard key={product.product_id} product={product} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
