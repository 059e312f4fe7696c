/** How far each stream function has come. */
import { Card, Table, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { WideTable } from '../../parts/wide-table.tsx';
import { useTimes } from './times.ts';
import { words } from './words.ts';

type Pipeline = Reply<'GET /api/pipeline'>;

const lastDone = ({ shards }: Pipeline['functions'][number]): string | undefined =>
  shards
    .flatMap(({ lastDoneAt }) => lastDoneAt ?? [])
    .toSorted()
    .at(-1);

export function Lag({ pipeline: { runsOn, functions } }: { pipeline: Pipeline }) {
  const t = useWords(words);
  const format = useFormat();
  const time = useTimes();
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t.lag}
      </Title>
      {functions.length === 0 ? (
        <Empty title={t.noLag}>{t.noEventsHow}</Empty>
      ) : (
        <WideTable label={t.lag} minWidth={440}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.function}</Table.Th>
                <Table.Th>{t.stream}</Table.Th>
                <Table.Th ta="right">{t.behindShort}</Table.Th>
                <Table.Th ta="right">{t.waiting}</Table.Th>
                <Table.Th ta="right">{t.lastDone}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody style={{ fontVariantNumeric: 'tabular-nums' }}>
              {functions.map((one) => {
                const done = lastDone(one);
                return (
                  <Table.Tr key={`${one.function} ${one.stream}`}>
                    <Table.Th scope="row">{one.function}</Table.Th>
                    <Table.Td>{one.stream}</Table.Td>
                    <Table.Td ta="right">{time(one.secondsBehind)}</Table.Td>
                    <Table.Td ta="right">
                      {one.waiting === undefined ? '—' : format.number(one.waiting)}
                    </Table.Td>
                    <Table.Td ta="right">{done === undefined ? '—' : format.time(done)}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
      {runsOn === 'aws' && (
        <Text size="sm" c="dimmed">
          {t.lagAws}
        </Text>
      )}
    </Card>
  );
}
