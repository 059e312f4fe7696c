import { Badge, Card, Code, Skeleton, Stack, Table, Title } from '@mantine/core';
import { useAsk } from '../../api.ts';
import { useLanguage, useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

/** What each store holds and for how long. */
export function Retention() {
  const t = useWords(words);
  const { language } = useLanguage();
  const format = useFormat();
  const { data, error } = useAsk(['data-retention'], (call, signal) =>
    call('GET /api/privacy/retention', {}, signal),
  );
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {t.retention}
        </Title>
        {error && <Problem error={error} />}
        {!data && !error && <Skeleton role="status" height={320} aria-label={t.retention} />}
        {data && (
          <WideTable label={t.retention} minWidth={640} maxHeight={420}>
            <Table stickyHeader>
              <Table.Thead>
                <Table.Tr>
                  {[t.store, t.holds, t.kept].map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.stores.map(({ store, personal, days, holds }) => (
                  <Table.Tr key={store}>
                    <Table.Td>
                      <Code>{store}</Code>{' '}
                      {personal && (
                        <Badge variant="light" size="sm" tt="none">
                          {t.personal}
                        </Badge>
                      )}
                    </Table.Td>
                    <Table.Td>{holds[language]}</Table.Td>
                    <Table.Td>{days === undefined ? t.untilErased : t.days(format.number(days))}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </WideTable>
        )}
      </Stack>
    </Card>
  );
}
