import { Button, Card, Code, Group, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

/** Who looked at whom and changed what on one day. */
export function Audit() {
  const t = useWords(words);
  const [day, setDay] = useState(new Date().toISOString().slice(0, 10));
  const [subject, setSubject] = useState('');
  const [asked] = useDebouncedValue(subject.trim(), 300);
  const { data, error, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['audit', day, asked],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const about = asked !== '' && { subject: asked };
      const query = { day, ...about, ...(pageParam !== '' && { cursor: pageParam }) };
      return api.call('GET /api/audit', { query }, signal);
    },
    getNextPageParam: ({ cursor }) => cursor,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <Card withBorder>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t.audit}
          </Title>
          <Text size="sm" c="dimmed">
            {t.auditHow}
          </Text>
        </div>
        <Group>
          <TextInput
            type="date"
            label={t.day}
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
          <TextInput
            label={t.subject}
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
        </Group>
        {error && <Problem error={error} />}
        {!entries && !error && <Skeleton role="status" height={240} aria-label={t.audit} />}
        {entries?.length === 0 && <Empty title={t.noEntries}>{t.noEntriesHow}</Empty>}
        {entries && entries.length > 0 && <Entries entries={entries} />}
        {hasNextPage && (
          <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
            {t.more}
          </Button>
        )}
      </Stack>
    </Card>
  );
}

interface Entry {
  readonly at: string;
  readonly caller: string;
  readonly role?: string | undefined;
  readonly operation: string;
  readonly subject?: string | undefined;
  readonly requestId: string;
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <WideTable label={t.audit} minWidth={560} maxHeight={420}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {[t.at, t.caller, t.role, t.operation, t.who].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.requestId}>
              <Table.Td>{format.time(entry.at)}</Table.Td>
              <Table.Td>
                <Code>{entry.caller.slice(0, 8)}</Code>
              </Table.Td>
              <Table.Td>{entry.role ?? '—'}</Table.Td>
              <Table.Td>{entry.operation}</Table.Td>
              <Table.Td>
                {entry.subject === undefined ? '—' : <Code>{entry.subject.slice(0, 8)}</Code>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}
