/** Who comes back: a row for each group of newcomers, darker where more of them were active. */
import { Group, SegmentedControl, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

const PERIODS = { month: 6, week: 12, day: 14 } as const;
type Kind = keyof typeof PERIODS;
const kinds = ['month', 'week', 'day'] as const satisfies readonly Kind[];
const ROW = 37;
/** The darkest ground on which the text keeps its contrast, in percent of the colour. */
const DARKEST = 45;

export function Retention() {
  const t = useWords(words);
  const [by, setBy] = useState<Kind>('month');
  const periods = PERIODS[by];
  const { data, error, refetch } = useAsk(
    ['retention', by],
    (call, signal) => call('GET /api/retention', { query: { by, periods } }, signal),
    { staleTime: 60_000 },
  );
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <Text c="dimmed" maw={720}>
          {t.retentionLead} {t.running}
        </Text>
        <SegmentedControl
          aria-label={t.by}
          value={by}
          onChange={(value) => setBy(kinds.find((kind) => kind === value) ?? 'month')}
          data={kinds.map((kind) => ({ value: kind, label: t[kind] }))}
        />
      </Group>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={(periods + 1) * ROW} aria-label={t.retention} />}
      {data &&
        (data.cohorts.some(({ people }) => people !== null) ? (
          <Heat retention={data} />
        ) : (
          <Empty title={t.noCohorts}>{t.noCohortsHow}</Empty>
        ))}
    </Stack>
  );
}

function Heat({ retention }: { retention: Reply<'GET /api/retention'> }) {
  const t = useWords(words);
  const format = useFormat();
  const { cohorts } = retention;
  return (
    <WideTable label={t.retention} minWidth={220 + 64 * cohorts.length}>
      <Table withColumnBorders>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.cohort}</Table.Th>
            <Table.Th ta="end">{t.size}</Table.Th>
            {cohorts.slice(1).map(({ start }, place) => (
              <Table.Th key={start} ta="end">
                {t.later(place + 1)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cohorts.map(({ start, people, active }) => (
            <Table.Tr key={start}>
              <Table.Th scope="row" style={{ whiteSpace: 'nowrap' }}>
                {format.day(start)}
              </Table.Th>
              <Table.Td ta="end">{people === null ? t.fewShort : format.number(people)}</Table.Td>
              {active.slice(1).map(({ share }, place) => (
                <Table.Td
                  // biome-ignore lint/suspicious/noArrayIndexKey: a place in time has no other name
                  key={place}
                  ta="end"
                  {...(share !== null && { bg: ground(share) })}
                  {...(share === null && { c: 'dimmed' })}
                >
                  {share === null ? t.fewShort : format.percent(share, 0)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}

const ground = (share: number): string =>
  `color-mix(in srgb, var(--mantine-color-teal-6) ${Math.round(share * DARKEST)}%, transparent)`;
