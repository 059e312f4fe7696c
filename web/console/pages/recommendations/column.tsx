/** What one way of finding items shows, place by place, with its mix of categories above. */
import { Alert, Badge, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { type RecommendationMode, recommendationReasons } from '../../../../events/recommendations.ts';
import type { Reply } from '../../../api/client.ts';
import { useLanguage, useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { modeHow, words } from './words.ts';

export type Found = Reply<'GET /api/recommendations'>;
type Item = Found['items'][number];

interface ColumnProps {
  readonly mode: RecommendationMode;
  readonly found: Found;
  /** In how many of the columns an item stands. */
  readonly shared: (item: string) => number;
  readonly columns: number;
  readonly colourOf: (category: string) => string;
}

export function Column({ mode, found, shared, columns, colourOf }: ColumnProps) {
  const t = useWords(words);
  const { items, missing } = found;
  const needsModel = mode === 'blend' || mode === 'sequence';
  return (
    <Card withBorder component="section" aria-label={t[mode]} mih={560}>
      <Title order={2} size="h4">
        {t[mode]}
      </Title>
      <Text size="xs" c="dimmed" mih={40}>
        {t[modeHow[mode]]}
      </Text>
      <Mix items={items} colourOf={colourOf} />
      {missing !== undefined && missing !== 'no_model' && (
        <Alert p="xs" mt="xs" color="yellow">
          {t.endpointOut}
        </Alert>
      )}
      {items.length === 0 ? (
        <Empty title={t.empty}>{needsModel && missing === 'no_model' ? t.noModel : t.emptyHow}</Empty>
      ) : (
        <Stack component="ol" gap="xs" p={0} my="sm" style={{ listStyle: 'none' }}>
          {items.map((item, place) => (
            <Place
              key={item.item}
              item={item}
              place={place + 1}
              shared={shared(item.item)}
              columns={columns}
            />
          ))}
        </Stack>
      )}
    </Card>
  );
}

function Place({
  item,
  place,
  shared,
  columns,
}: {
  item: Item;
  place: number;
  shared: number;
  columns: number;
}) {
  const t = useWords(words);
  const { language } = useLanguage();
  const { name, category, price, currency, stock, because, from } = item;
  const money =
    price === undefined ? undefined : `${price.toFixed(2)}${currency === undefined ? '' : ` ${currency}`}`;
  const facts = [category, money, stock === undefined ? undefined : t.stock(stock)]
    .filter(Boolean)
    .join(' · ');
  return (
    <li>
      <Group gap="xs" wrap="nowrap" align="start">
        <Text fw={700} w={20} c="dimmed">
          {place}
        </Text>
        <Stack gap={0} flex={1} miw={0}>
          <Text fw={600} truncate title={item.item}>
            {name ?? item.item}
          </Text>
          <Text size="xs" c="dimmed">
            {facts}
          </Text>
          <Text size="xs">{recommendationReasons[because][language]}</Text>
        </Stack>
        <Stack gap={4} align="end">
          <Badge variant="light" size="sm">
            {t[from]}
          </Badge>
          {columns > 1 && (
            <Text size="xs" c="dimmed">
              {t.shared(shared, columns)}
            </Text>
          )}
        </Stack>
      </Group>
    </li>
  );
}

const colours = ['teal', 'blue', 'grape', 'orange', 'pink', 'lime', 'cyan', 'yellow'] as const;
/** A colour for each category that any of the answers holds, so that it is the same in every column. */
export function coloursOf(all: readonly Found[]): (category: string) => string {
  const names = [...new Set(all.flatMap(({ items }) => items.map(({ category = '' }) => category)))].sort();
  return (category) => `${colours[Math.max(0, names.indexOf(category)) % colours.length] ?? 'teal'}.6`;
}

function Mix({ items, colourOf }: { items: readonly Item[]; colourOf: ColumnProps['colourOf'] }) {
  const t = useWords(words);
  const counts = new Map<string, number>();
  for (const { category = t.other } of items) counts.set(category, (counts.get(category) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <Stack gap={2} mt="xs" mih={38}>
      <Progress.Root
        size="lg"
        role="img"
        aria-label={t.mix(parts.map(([name, n]) => `${name} ${n}`).join(', '))}
      >
        {parts.map(([name, n]) => (
          <Progress.Section
            key={name}
            value={(100 * n) / items.length}
            color={colourOf(name)}
            withAria={false}
          />
        ))}
      </Progress.Root>
      <Text size="xs" c="dimmed" truncate>
        {parts.map(([name, n]) => `${name} ${n}`).join(' · ')}
      </Text>
    </Stack>
  );
}
