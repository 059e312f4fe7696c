/** Models: what serves and why, how good each version is, whether its chances hold, and the way back. */
import { Badge, Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Model } from './model.tsx';
import { words } from './words.ts';

const AGAIN_MS = 5_000;

type Summary = Reply<'GET /api/models'>['models'][number];

const stateOf = ({ versions, champion, watch }: Summary): string =>
  [versions[0]?.version, champion, watch?.at].join(' ');

export default function ModelsPage() {
  const t = useWords(words);
  const [chosen, setChosen] = useState<string>();
  const { data, error, refetch } = useAsk(['models'], (call, signal) => call('GET /api/models', {}, signal), {
    refetchInterval: AGAIN_MS,
  });
  const models = data?.models ?? [];
  const shown = models.find(({ name }) => name === chosen) ?? models[0];
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t.title}
        </Title>
        <Text c="dimmed">{t.lead}</Text>
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton role="status" height={480} aria-label={t.title} />}
      {data && models.length === 0 && <Empty title={t.none}>{t.noneHow}</Empty>}
      {shown && (
        <>
          <Group>
            <SegmentedControl
              aria-label={t.title}
              value={shown.name}
              onChange={setChosen}
              data={models.map(({ name }) => ({ value: name, label: name }))}
            />
            <Badge variant="light" color={shown.champion === undefined ? 'yellow' : 'teal'}>
              {shown.champion === undefined ? t.refused : t.serves}
            </Badge>
          </Group>
          <Model key={shown.name} name={shown.name} state={stateOf(shown)} />
        </>
      )}
    </Stack>
  );
}
