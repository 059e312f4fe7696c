import { Button, Group, Skeleton, Stack, Table, Tabs, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { WideTable } from '../../parts/wide-table.tsx';
import { Builder } from './builder.tsx';
import { CountBar } from './count.tsx';
import { Overlap } from './overlap.tsx';
import { type Draft, queryOf, type SegmentView } from './query.ts';
import { Ready } from './ready.tsx';
import { words } from './words.ts';

const AGAIN_MS = 5000;

const fresh: Draft = {
  name: '',
  query: { combinator: 'and', rules: [{ field: 'count:orders', operator: 'gte', value: '1' }] },
};

export default function SegmentsPage() {
  const t = useWords(words);
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>();
  const list = useAsk(['segments'], (call, signal) => call('GET /api/segments', {}, signal), {
    refetchInterval: AGAIN_MS,
  });
  const ready = useAsk(['ready-segments'], (call, signal) => call('GET /api/segments/ready', {}, signal));
  const changed = (): void => {
    setDraft(undefined);
    void queries.invalidateQueries({ queryKey: ['segments'] });
  };
  const error = list.error ?? ready.error;
  const segments = list.data?.segments;
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text c="dimmed">{t.lead}</Text>
        </div>
        <Button onClick={() => setDraft(fresh)}>{t.make}</Button>
      </Group>
      {error && <Problem error={error} retry={() => void list.refetch()} />}
      {!segments && !error && <Skeleton height={360} aria-label={t.title} />}
      {segments && (
        <Tabs defaultValue="mine" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="mine">{t.mine}</Tabs.Tab>
            <Tabs.Tab value="ready">{t.ready}</Tabs.Tab>
            <Tabs.Tab value="overlap">{t.overlap}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="mine" pt="md">
            <List segments={segments} edit={setDraft} onChanged={changed} />
          </Tabs.Panel>
          <Tabs.Panel value="ready" pt="md">
            {ready.data ? (
              <Ready ready={ready.data.ready} taken={segments} onTaken={changed} />
            ) : (
              <Skeleton height={360} aria-label={t.ready} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="overlap" pt="md">
            <Overlap segments={segments} />
          </Tabs.Panel>
        </Tabs>
      )}
      <Builder
        draft={draft}
        names={ready.data?.names ?? { traits: [], attributes: [] }}
        onClose={() => setDraft(undefined)}
        onSaved={changed}
      />
    </Stack>
  );
}

async function download({ id }: SegmentView): Promise<void> {
  const text = await api.call('GET /api/segments/{id}/export', { path: { id } });
  saveFile(`segment-${id}.csv`, 'text/csv', text);
}

interface ListProps {
  readonly segments: readonly SegmentView[];
  readonly edit: (draft: Draft) => void;
  readonly onChanged: () => void;
}

function List({ segments, edit, onChanged }: ListProps) {
  const t = useWords(words);
  const [ending, setEnding] = useState<SegmentView>();
  const [error, setError] = useState<Error>();
  const remove = async ({ id, version }: SegmentView): Promise<void> => {
    await api.call('DELETE /api/segments/{id}', { path: { id }, headers: { 'if-match': `"${version}"` } });
    onChanged();
  };
  if (segments.length === 0) return <Empty title={t.none}>{t.noneHow}</Empty>;
  return (
    <>
      {error && <Problem error={error} />}
      <WideTable label={t.mine} minWidth={620}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {[t.name, t.people, t.actions].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {segments.map((segment) => (
              <Table.Tr key={segment.id}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <Text>{segment.name}</Text>
                  <Text size="xs" c="dimmed">
                    {segment.description}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <CountBar count={segment.count} />
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <Button
                      size="compact-sm"
                      variant="light"
                      onClick={() => edit({ segment, name: segment.name, query: queryOf(segment.rule) })}
                    >
                      {t.edit}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="light"
                      onClick={() => void download(segment).catch((cause: Error) => setError(cause))}
                    >
                      {t.download}
                    </Button>
                    <Button size="compact-sm" variant="light" color="red" onClick={() => setEnding(segment)}>
                      {t.remove}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </WideTable>
      <Confirm
        asked={ending}
        title={t.remove}
        text={t.removeHow}
        onClose={() => setEnding(undefined)}
        act={remove}
        danger
      />
    </>
  );
}
