/** How far segments share their people, as a heat table. */
import { MultiSelect, Skeleton, Stack, Table } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import type { SegmentView } from './query.ts';
import { words } from './words.ts';

export function Overlap({ segments }: { segments: readonly SegmentView[] }) {
  const t = useWords(words);
  const [chosen, setChosen] = useState(segments.slice(0, 4).map(({ id }) => id));
  return (
    <Stack>
      <MultiSelect
        label={t.choose}
        data={segments.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen}
        onChange={setChosen}
        maxValues={8}
        searchable
      />
      {chosen.length < 2 ? <Empty title={t.choose}>{t.chooseHow}</Empty> : <Heat chosen={chosen} />}
    </Stack>
  );
}

function Heat({ chosen }: { chosen: readonly string[] }) {
  const t = useWords(words);
  const format = useFormat();
  const { data, error, refetch } = useAsk(['segment-overlap', ...chosen], (call, signal) =>
    call('POST /api/segments/overlap', { body: { segments: [...chosen] } }, signal),
  );
  if (error && !data) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} aria-label={t.overlap} />;
  return (
    <WideTable label={t.overlap} minWidth={160 + data.segments.length * 110}>
      <Table withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.name}</Table.Th>
            {data.segments.map(({ id, name }) => (
              <Table.Th key={id}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.segments.map(({ id, name }, row) => (
            <Table.Tr key={id}>
              <Table.Th>{name}</Table.Th>
              {data.segments.map((column, i) => {
                const share = data.overlap[row]?.[i]?.share ?? null;
                const strength = Math.round((share ?? 0) * 45);
                return (
                  <Table.Td
                    key={column.id}
                    style={{
                      background: `color-mix(in srgb, var(--mantine-color-teal-5) ${strength}%, transparent)`,
                    }}
                  >
                    {share === null ? t.few : format.percent(share)}
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
