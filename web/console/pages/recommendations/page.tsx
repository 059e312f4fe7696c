import { Alert, Card, Divider, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { RecommendationMode } from '../../../../events/recommendations.ts';
import { type Ask, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Column, coloursOf, type Found } from './column.tsx';
import { ChooseRules, firstRules, type Rules } from './rules.tsx';
import { ChooseSubject, type Subject } from './subject.tsx';
import { words } from './words.ts';

const LIMIT = 8;

export default function RecommendationsPage() {
  const t = useWords(words);
  const [, go] = useLocation();
  const id = useParams()['*'] ?? '';
  const [items, setItems] = useState<readonly string[]>();
  const [rules, setRules] = useState(firstRules);
  const subject: Subject = items ? { kind: 'session', items } : { kind: 'person', id };
  const choose = (chosen: Subject): void => {
    if (chosen.kind === 'session') setItems(chosen.items);
    else {
      setItems(undefined);
      go(`/recommendations/${encodeURIComponent(chosen.id)}`);
    }
  };
  const chosen = subject.kind === 'person' ? subject.id !== '' : subject.items.length > 0;
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t.title}
        </Title>
        <Text c="dimmed">{t.lead}</Text>
      </div>
      <Card withBorder>
        <Stack>
          <ChooseSubject subject={subject} choose={choose} />
          <Divider />
          <ChooseRules rules={rules} change={setRules} />
        </Stack>
      </Card>
      {chosen ? (
        <Comparison subject={subject} rules={rules} />
      ) : (
        <Empty title={t.start}>{subject.kind === 'person' ? t.startPerson : t.startSession}</Empty>
      )}
    </Stack>
  );
}

function ask(
  call: Ask,
  subject: Subject,
  rules: Rules,
  mode: RecommendationMode,
  signal: AbortSignal,
): Promise<Found> {
  const { category, inStock, bought, diversity } = rules;
  const query = {
    mode,
    limit: LIMIT,
    diversity,
    inStock: inStock ? ('true' as const) : ('false' as const),
    bought: bought ? ('show' as const) : ('hide' as const),
    ...(category === undefined ? {} : { category }),
  };
  return subject.kind === 'person'
    ? call('GET /api/profiles/{id}/recommendations', { path: { id: subject.id }, query }, signal)
    : call('GET /api/recommendations', { query: { ...query, items: subject.items.join(',') } }, signal);
}

/** All columns are asked for together, so that they show one moment. */
function Comparison({ subject, rules }: { subject: Subject; rules: Rules }) {
  const t = useWords(words);
  const { modes } = rules;
  const { data, error, refetch } = useAsk(
    ['recommendations', subject, rules],
    async (call, signal) =>
      Promise.all(
        modes.map(async (mode) => ({ mode, found: await ask(call, subject, rules, mode, signal) })),
      ),
    { retry: false },
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={620} aria-label={t.title} />;
  const [first] = data;
  const shared = (item: string): number =>
    data.filter(({ found }) => found.items.some((one) => one.item === item)).length;
  const colourOf = coloursOf(data.map(({ found }) => found));
  return (
    <Stack gap="sm">
      {first?.found.profiling === false && <Alert color="yellow">{t.noProfiling}</Alert>}
      {first && (
        <Text size="sm" c="dimmed">
          {t.visit}: {first.found.visit.length > 0 ? first.found.visit.join(', ') : t.nothingSeen}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, xl: Math.min(4, Math.max(1, data.length)) }}>
        {data.map(({ mode, found }) => (
          <Column
            key={mode}
            mode={mode}
            found={found}
            shared={shared}
            columns={data.length}
            colourOf={colourOf}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
