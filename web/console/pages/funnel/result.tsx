/** The answer to a funnel: a bar for each step, and groups beside each other. */
import { Box, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { WideTable } from '../../parts/wide-table.tsx';
import { type FunnelWords, words } from './words.ts';

type Funnel = Reply<'POST /api/funnel'>;
type Step = Funnel['steps'][number];

export function Result({ funnel }: { funnel: Funnel }) {
  const t = useWords(words);
  if (typeof funnel.steps[0]?.people !== 'number') return <Empty title={t.nobody}>{t.nobodyHow}</Empty>;
  return (
    <Stack>
      <Stack component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
        {funnel.steps.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step may occur twice, so its place is its name
          <StepBar key={place} step={step} first={place === 0} />
        ))}
      </Stack>
      {funnel.groups.length > 0 && <Groups funnel={funnel} />}
    </Stack>
  );
}

/** Half of those who came so far took at most this long. */
function timeOf(seconds: number, t: Pick<FunnelWords, 'second' | 'minute' | 'hour' | 'daysLong'>): string {
  if (seconds < 90) return t.second(Math.round(seconds));
  if (seconds < 90 * 60) return t.minute(Math.round(seconds / 60));
  if (seconds < 36 * 3600) return t.hour(Math.round(seconds / 3600));
  return t.daysLong(Math.round(seconds / 86_400));
}

function StepBar({ step, first }: { step: Step; first: boolean }) {
  const t = useWords(words);
  const format = useFormat();
  const { people, share, shareOfPrevious, medianSeconds } = step;
  const facts = [
    ...(shareOfPrevious !== null && !first ? [t.ofPrevious(format.percent(shareOfPrevious))] : []),
    ...(share !== null && !first ? [t.ofFirst(format.percent(share))] : []),
    ...(medianSeconds === null ? [] : [t.median(timeOf(medianSeconds, t))]),
  ];
  return (
    <Box component="li">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{step.event}</Text>
        <Text>{people === null ? t.few : `${format.number(people)} ${t.people}`}</Text>
      </Group>
      <Box h={24} bg="var(--mantine-color-default-hover)" style={{ borderRadius: 4 }} aria-hidden>
        <Box
          h={24}
          w={`${(share ?? 0) * 100}%`}
          bg="var(--mantine-primary-color-filled)"
          style={{ borderRadius: 4, transition: 'width 150ms' }}
        />
      </Box>
      <Text size="sm" c="dimmed" mih={22}>
        {facts.join(' · ')}
      </Text>
    </Box>
  );
}

function Groups({ funnel }: { funnel: Funnel }) {
  const t = useWords(words);
  const format = useFormat();
  const cell = ({ people, share }: Step): string =>
    people === null ? t.fewShort : `${format.number(people)} (${format.percent(share ?? 0, 0)})`;
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        {t.groups}
      </Title>
      <WideTable label={t.groups} minWidth={140 + 130 * funnel.steps.length}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.group}</Table.Th>
              {funnel.steps.map(({ event }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step may occur twice, so its place is its name
                <Table.Th key={place}>{event}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {funnel.groups.map(({ kind, value, steps }) => (
              <Table.Tr key={`${kind} ${value}`}>
                <Table.Th scope="row" style={{ overflowWrap: 'anywhere' }}>
                  {kind === 'named' ? value : t[kind]}
                </Table.Th>
                {steps.map((step, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a step may occur twice, so its place is its name
                  <Table.Td key={place}>{cell(step)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </WideTable>
    </div>
  );
}
