import { Alert, Button, Card, Code, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import type { Role } from './answer.tsx';
import { words } from './words.ts';

/** Whose events are dropped, and the way off the list. */
export function Suppression({ role }: { role: Role | undefined }) {
  const t = useWords(words);
  return (
    <Card withBorder>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t.suppression}
          </Title>
          <Text size="sm" c="dimmed">
            {t.suppressionHow}
          </Text>
        </div>
        {role === undefined && <Skeleton role="status" height={60} aria-label={t.suppression} />}
        {role !== undefined && (role === 'privacy' ? <List /> : <Alert>{t.notPrivacy}</Alert>)}
      </Stack>
    </Card>
  );
}

function List() {
  const t = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<string>();
  const { data, error } = useAsk(['suppression'], (call, signal) =>
    call('GET /api/privacy/suppression', {}, signal),
  );
  if (error && !data) return <Problem error={error} />;
  if (!data) return <Skeleton role="status" height={60} aria-label={t.suppression} />;
  const lift = async (id: string): Promise<void> => {
    await api.call('DELETE /api/privacy/suppression/{id}', { path: { id } });
    await queries.invalidateQueries({ queryKey: ['suppression'] });
  };
  return (
    <>
      <Group>
        <Text fw={600}>{t.onList(format.number(data.size))}</Text>
        <Text c="dimmed">{t.refusals(format.number(data.refusals))}</Text>
      </Group>
      {data.entries.length === 0 && <Empty title={t.noSuppression}>{t.noSuppressionHow}</Empty>}
      {data.entries.length > 0 && (
        <WideTable label={t.suppression} minWidth={560} maxHeight={320}>
          <Table stickyHeader>
            <Table.Thead>
              <Table.Tr>
                {[t.subject, t.reason, t.when, t.actions].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.entries.map(({ subject, reason, at }) => (
                <Table.Tr key={subject}>
                  <Table.Td>
                    <Code>{subject}</Code>
                  </Table.Td>
                  <Table.Td>{reason}</Table.Td>
                  <Table.Td>{format.moment(at)}</Table.Td>
                  <Table.Td>
                    <Button variant="default" size="compact-sm" onClick={() => setAsked(subject)}>
                      {t.lift}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
      <Confirm asked={asked} title={t.lift} text={t.liftHow} onClose={() => setAsked(undefined)} act={lift} />
    </>
  );
}
