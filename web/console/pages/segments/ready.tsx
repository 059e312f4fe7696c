/** Segments to take as they are: the grid of recency and frequency as heat, the others as cards. */
import { Button, Card, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { api } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { CountText } from './count.tsx';
import type { SegmentView } from './query.ts';
import { words } from './words.ts';

export type ReadyView = Reply<'GET /api/segments/ready'>['ready'][number];

const recencies = ['recent', 'cooling', 'past'] as const;
const frequencies = ['once', 'some', 'often'] as const;

interface ReadyProps {
  readonly ready: readonly ReadyView[];
  readonly taken: readonly SegmentView[];
  readonly onTaken: () => void;
}

export function Ready({ ready, taken, onTaken }: ReadyProps) {
  const t = useWords(words);
  const [error, setError] = useState<Error>();
  const take = (one: ReadyView): void => {
    const { name, description, rule } = one;
    api
      .call('POST /api/segments', { body: { name, description, rule } })
      .then(onTaken)
      .catch((cause: Error) => setError(cause));
  };
  const isTaken = (one: ReadyView): boolean => taken.some(({ name }) => name === one.name);
  const others = ready.filter(({ key }) => !key.startsWith('rfm-'));
  return (
    <Stack>
      {error && <Problem error={error} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {others.map((one) => (
          <Card key={one.key} withBorder>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600}>{one.name}</Text>
              <Take one={one} taken={isTaken(one)} onTake={take} />
            </Group>
            <Text size="sm" c="dimmed">
              {one.description}
            </Text>
            <Text size="sm">
              <CountText count={one.count} />
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      <Title order={2} size="h4">
        {t.grid}
      </Title>
      <Grid ready={ready} isTaken={isTaken} onTake={take} />
    </Stack>
  );
}

interface TakeProps {
  readonly one: ReadyView;
  readonly taken: boolean;
  readonly onTake: (one: ReadyView) => void;
}

function Take({ one, taken, onTake }: TakeProps) {
  const t = useWords(words);
  return (
    <Button
      size="compact-sm"
      variant="light"
      disabled={taken}
      aria-label={`${taken ? t.taken : t.take}: ${one.name}`}
      onClick={() => onTake(one)}
    >
      {taken ? t.taken : t.take}
    </Button>
  );
}

interface GridProps {
  readonly ready: readonly ReadyView[];
  readonly isTaken: (one: ReadyView) => boolean;
  readonly onTake: (one: ReadyView) => void;
}

/** Twice as strong as the share, so that small cells differ too. */
const strengthOf = (share: number | null): number => Math.min(60, Math.round((share ?? 0) * 200));

function Grid({ ready, isTaken, onTake }: GridProps) {
  const t = useWords(words);
  return (
    <WideTable label={t.grid} minWidth={620}>
      <Table withTableBorder withColumnBorders layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.lastOrder}</Table.Th>
            {frequencies.map((frequency) => (
              <Table.Th key={frequency}>{t[frequency]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {recencies.map((recency) => (
            <Table.Tr key={recency}>
              <Table.Th scope="row">{t[recency]}</Table.Th>
              {frequencies.map((frequency) => {
                const one = ready.find(({ key }) => key === `rfm-${recency}-${frequency}`);
                const strength = strengthOf(one?.count.share ?? null);
                return (
                  <Table.Td
                    key={frequency}
                    style={{
                      background: `color-mix(in srgb, var(--mantine-color-teal-5) ${strength}%, transparent)`,
                    }}
                  >
                    {one && (
                      <Group justify="space-between" gap="xs" wrap="nowrap">
                        <div>
                          <Text size="sm" fw={600}>
                            {one.name}
                          </Text>
                          <Text size="sm">
                            <CountText count={one.count} />
                          </Text>
                        </div>
                        <Take one={one} taken={isTaken(one)} onTake={onTake} />
                      </Group>
                    )}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}
