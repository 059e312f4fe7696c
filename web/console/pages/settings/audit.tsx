import { Card, Code, Group, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAsk } from '../../api.ts';
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
  const { data, error } = useAsk(['audit', day, asked], (call, signal) =>
    call('GET /api/audit', { query: { day, ...(asked !== '' && { subject: asked }) } }, signal),
  );
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
        {!data && !error && <Skeleton role="status" height={240} aria-label={t.audit} />}
        {data && data.entries.length === 0 && <Empty title={t.noEntries}>{t.noEntriesHow}</Empty>}
        {data && data.entries.length > 0 && <Entries entries={data.entries} />}
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
