/** What campaigns brought: visits and orders, credited to the campaign a person last came from. */
import { Skeleton, Stack, Table, Text } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

type Row = Reply<'GET /api/campaigns'>['campaigns'][number];

export function Campaigns({ from }: { from: string }) {
  const t = useWords(words);
  const { data, error, refetch } = useAsk(
    ['campaigns', from],
    (call, signal) => call('GET /api/campaigns', { query: { from } }, signal),
    { staleTime: 60_000 },
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} aria-label={t.campaigns} />;
  if (data.campaigns.length === 0) return <Empty title={t.noCampaigns}>{t.noCampaignsHow}</Empty>;
  return (
    <Stack>
      <Text c="dimmed">{t.campaignsLead(data.memoryDays)}</Text>
      <WideTable label={t.campaigns} minWidth={760}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {[t.sourceHead, t.medium, t.name].map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
              {[t.sessions, t.size, t.buyers, t.conversion, t.orders, t.revenue].map((head) => (
                <Table.Th key={head} ta="end">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.campaigns.map((row) => (
              <CampaignLine key={`${row.kind} ${row.source} ${row.medium} ${row.name}`} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </WideTable>
    </Stack>
  );
}

function CampaignLine({ row }: { row: Row }) {
  const t = useWords(words);
  const format = useFormat();
  const shown = (value: number | null, as: (value: number) => string): string =>
    value === null ? t.fewShort : as(value);
  const number = (value: number): string => format.number(value);
  return (
    <Table.Tr>
      {row.kind === 'named' ? (
        [row.source, row.medium, row.name].map((text, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
          <Table.Td key={place} style={{ overflowWrap: 'anywhere' }}>
            {text ?? '–'}
          </Table.Td>
        ))
      ) : (
        <Table.Td colSpan={3} c="dimmed">
          {row.kind === 'unknown' ? t.noCampaign : t.otherCampaigns}
        </Table.Td>
      )}
      <Table.Td ta="end">{shown(row.sessions, number)}</Table.Td>
      <Table.Td ta="end">{shown(row.people, number)}</Table.Td>
      <Table.Td ta="end">{shown(row.buyers, number)}</Table.Td>
      <Table.Td ta="end">{shown(row.conversion, (share) => format.percent(share))}</Table.Td>
      <Table.Td ta="end">{shown(row.orders, number)}</Table.Td>
      <Table.Td ta="end">{shown(row.revenue, number)}</Table.Td>
    </Table.Tr>
  );
}
