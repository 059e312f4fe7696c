import { Badge, Button, Card, Code, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { snippet } from '../../../tag/snippet.ts';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { Made, NewKey } from './new-key.tsx';
import { words } from './words.ts';

type KeyView = Reply<'GET /api/keys'>['keys'][number];

export default function SourcesPage() {
  const t = useWords(words);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string>();
  const queries = useQueryClient();
  const { data, error, refetch } = useAsk(['keys'], (call, signal) => call('GET /api/keys', {}, signal));
  const changed = (key?: string): void => {
    setMaking(false);
    if (key !== undefined) setMade(key);
    void queries.invalidateQueries({ queryKey: ['keys'] });
  };
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text c="dimmed">{t.lead}</Text>
        </div>
        <Button onClick={() => setMaking(true)}>{t.make}</Button>
      </Group>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton role="status" height={240} aria-label={t.title} />}
      {data && data.keys.length === 0 && <Empty title={t.none}>{t.noneHow}</Empty>}
      {data && data.keys.length > 0 && <Keys keys={data.keys} onChanged={changed} />}
      <Snippet />
      <NewKey opened={making} onClose={() => setMaking(false)} onMade={changed} />
      <Made text={made} onClose={() => setMade(undefined)} />
    </Stack>
  );
}

interface KeysProps {
  readonly keys: readonly KeyView[];
  readonly onChanged: (made?: string) => void;
}

function Keys({ keys, onChanged }: KeysProps) {
  const t = useWords(words);
  const format = useFormat();
  const [rotating, setRotating] = useState<KeyView>();
  const [ending, setEnding] = useState<KeyView>();
  const rotate = async ({ id }: KeyView): Promise<void> => {
    const { key } = await api.call('POST /api/keys/{id}/rotate', { path: { id }, body: { graceHours: 24 } });
    onChanged(key);
  };
  const end = async ({ id }: KeyView): Promise<void> => {
    await api.call('DELETE /api/keys/{id}', { path: { id } });
    onChanged();
  };
  return (
    <WideTable label={t.title} minWidth={680}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {[t.source, t.kind, t.role, t.key, t.created, t.expires, t.actions].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>{key.source}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={key.kind === 'secret' ? 'grape' : 'teal'}>
                  {key.kind === 'secret' ? t.secretShort : t.publicShort}
                </Badge>
              </Table.Td>
              <Table.Td>{key.role ?? '—'}</Table.Td>
              <Table.Td>
                <Code>…{key.hint ?? key.id}</Code>
              </Table.Td>
              <Table.Td>{key.createdAt === undefined ? '—' : format.day(key.createdAt)}</Table.Td>
              <Table.Td>
                {key.ended ? t.ended : key.expiresAt === undefined ? t.never : format.day(key.expiresAt)}
              </Table.Td>
              <Table.Td>
                {!key.ended && (
                  <Group gap="xs" wrap="nowrap">
                    <Button size="compact-sm" variant="light" onClick={() => setRotating(key)}>
                      {t.rotate}
                    </Button>
                    <Button size="compact-sm" variant="light" color="red" onClick={() => setEnding(key)}>
                      {t.end}
                    </Button>
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Confirm
        asked={rotating}
        title={t.rotate}
        text={t.rotateHow}
        onClose={() => setRotating(undefined)}
        act={rotate}
      />
      <Confirm
        asked={ending}
        title={t.end}
        text={t.endHow}
        onClose={() => setEnding(undefined)}
        act={end}
        danger
      />
    </WideTable>
  );
}

function Snippet() {
  const t = useWords(words);
  const { origin } = location;
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {t.snippet}
        </Title>
        <Text size="sm">{t.snippetHow}</Text>
        <Copy text={snippet({ origin, writeKey: 'YOUR_WRITE_KEY' })} label={t.snippet} />
        <Text size="sm">{t.sdk}</Text>
        <Copy text={`new Analytics({ writeKey: 'YOUR_WRITE_KEY', host: '${origin}' })`} label={t.sdk} />
      </Stack>
    </Card>
  );
}
