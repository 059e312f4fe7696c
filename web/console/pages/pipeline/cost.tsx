/** What a million events cost on AWS, by part, and what they ask of it. */
import { Card, Group, Progress, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

type Costs = Reply<'GET /api/pipeline/cost'>;
type Case = Costs['cases'][number];

const parts = [
  { name: 'api', color: 'blue.6' },
  { name: 'lambda', color: 'orange.6' },
  { name: 'streams', color: 'grape.6' },
  { name: 'tables', color: 'teal.7' },
  { name: 'lake', color: 'gray.6' },
] as const;
const counts = [
  'requests',
  'invocations',
  'streamRecords',
  'tableWriteUnits',
  'tableReadUnits',
  'objects',
] as const;
const MONTH_SECONDS = 30 * 86_400;

interface CostProps {
  readonly runsOn: 'aws' | 'machine';
  /** Events per second at present. */
  readonly rate: number;
}

export function Cost({ runsOn, rate }: CostProps) {
  const t = useWords(words);
  const { data, error, refetch } = useAsk(
    ['cost'],
    (call, signal) => call('GET /api/pipeline/cost', {}, signal),
    { staleTime: Number.POSITIVE_INFINITY },
  );
  return (
    <Card withBorder component="section" aria-label={t.cost}>
      <Title order={2} size="h4">
        {t.cost}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {runsOn === 'machine' ? t.costHere : t.costAws}
      </Text>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {data ? <Bill costs={data} rate={rate} /> : !error && <Skeleton height={260} aria-label={t.cost} />}
    </Card>
  );
}

function Bill({ costs: { cases, pricesOf, measuredOn }, rate }: { costs: Costs; rate: number }) {
  const t = useWords(words);
  const format = useFormat();
  const most = Math.max(...cases.map(({ total }) => total));
  const first = cases[0];
  return (
    <Stack gap="sm">
      {cases.map((one) => (
        <Bar key={`${one.perRequest} ${one.streams}`} priced={one} most={most} />
      ))}
      <Group gap="md">
        {parts.map(({ name, color }) => (
          <Group key={name} gap={6}>
            <Progress.Root w={14} size={14} aria-hidden>
              <Progress.Section value={100} color={color} />
            </Progress.Root>
            <Text size="sm">{t[name]}</Text>
          </Group>
        ))}
      </Group>
      <Text size="sm" mih={22}>
        {first && rate > 0 && t.monthly(format.dollars((rate * MONTH_SECONDS * first.total) / 1e6))}
      </Text>
      <Work cases={cases} />
      <Text size="xs" c="dimmed">
        {t.costFoot(pricesOf, measuredOn)}
      </Text>
    </Stack>
  );
}

function Bar({ priced: { perRequest, streams, dollars, total }, most }: { priced: Case; most: number }) {
  const t = useWords(words);
  const format = useFormat();
  const kind = streams === 'provisioned' ? t.provisioned : t.onDemand;
  const name = `${t.perRequest(perRequest)}, ${kind}`;
  const money = (amount: number): string => format.dollars(amount, 3);
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{name}</Text>
        <Text size="sm" fw={600}>
          {format.dollars(total)} {t.perMillion}
        </Text>
      </Group>
      <Progress.Root
        size={18}
        role="img"
        aria-label={`${name}: ${parts.map((part) => `${t[part.name]} ${money(dollars[part.name])}`).join(', ')}`}
      >
        {parts.map((part) => (
          <Progress.Section
            key={part.name}
            withAria={false}
            value={(dollars[part.name] / most) * 100}
            color={part.color}
            title={`${t[part.name]} ${money(dollars[part.name])}`}
          />
        ))}
      </Progress.Root>
    </div>
  );
}

function Work({ cases }: { cases: readonly Case[] }) {
  const t = useWords(words);
  const format = useFormat();
  const shown = cases.filter(({ streams }) => streams === 'on demand');
  return (
    <WideTable label={t.work} minWidth={380}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.work}</Table.Th>
            {shown.map(({ perRequest }) => (
              <Table.Th key={perRequest} ta="right">
                {t.perRequest(perRequest)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: 'tabular-nums' }}>
          {counts.map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {t[name]}
              </Table.Th>
              {shown.map(({ perRequest, work }) => (
                <Table.Td key={perRequest} ta="right">
                  {format.number(work[name])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}
