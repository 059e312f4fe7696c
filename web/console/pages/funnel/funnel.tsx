/** A funnel: the question on the left, the answer beside it, asked anew whenever the question rests. */
import { Card, Grid, Group, Select, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { attributes } from '../../../../events/attributes.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Builder } from './builder.tsx';
import { bodyOf, firstQuestion, type Question } from './question.ts';
import { Result } from './result.tsx';
import { words } from './words.ts';

const REST_MS = 500;
const STEP_HEIGHT = 86;
const windows = [1, 24, 7 * 24, 30 * 24];

/** `from`: ISO date where looking begins. */
export function Funnel({ from }: { from: string }) {
  const t = useWords(words);
  const [question, setQuestion] = useState(firstQuestion);
  const [resting] = useDebouncedValue(question, REST_MS);
  const body = bodyOf(resting, from);
  const { data, error, refetch } = useAsk(
    ['funnel', body],
    async (call, signal) => body && call('POST /api/funnel', { body }, signal),
    { enabled: body !== undefined, staleTime: 60_000 },
  );
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Card withBorder>
          <Stack>
            <Builder steps={question.steps} change={(steps) => setQuestion({ ...question, steps })} />
            <Options question={question} change={setQuestion} />
          </Stack>
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Card withBorder mih={STEP_HEIGHT * 4 + 80}>
          <Title order={2} size="h4" mb="sm">
            {t.result}
          </Title>
          {error && <Problem error={error} retry={() => void refetch()} />}
          {data && !error ? (
            <Result funnel={data} />
          ) : (
            !error && <Skeleton height={STEP_HEIGHT * question.steps.length} aria-label={t.result} />
          )}
        </Card>
      </Grid.Col>
    </Grid>
  );
}

function Options({ question, change }: { question: Question; change: (question: Question) => void }) {
  const t = useWords(words);
  const { windowHours, by, property } = question;
  const kinds: Question['by'][] = ['none', ...attributes, 'property'];
  const label = (kind: Question['by']): string =>
    kind === 'none' ? t.breakdownNone : kind === 'property' ? t.breakdownProperty : t[kind];
  return (
    <Group align="end" grow preventGrowOverflow={false}>
      <Select
        label={t.window}
        value={String(windowHours)}
        allowDeselect={false}
        data={windows.map((hours) => ({
          value: String(hours),
          label: hours < 24 ? t.hour(hours) : t.daysLong(hours / 24),
        }))}
        onChange={(value) => change({ ...question, windowHours: Number(value) })}
        miw={120}
      />
      <Select
        label={t.breakdown}
        value={by}
        allowDeselect={false}
        data={kinds.map((kind) => ({ value: kind, label: label(kind) }))}
        onChange={(value) => change({ ...question, by: kinds.find((kind) => kind === value) ?? 'none' })}
        miw={150}
      />
      {by === 'property' && (
        <TextInput
          label={t.property}
          value={property}
          maxLength={256}
          onChange={(event) => change({ ...question, property: event.currentTarget.value })}
          miw={120}
        />
      )}
    </Group>
  );
}
