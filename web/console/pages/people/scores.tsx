/** What the models expect of a person, and what drove it. */
import { Badge, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { words } from './words.ts';

type ScoresView = NonNullable<Reply<'GET /api/profiles/{id}/scores'>['scores']>;
type Amount = NonNullable<ScoresView['purchase']>;
type Membership = NonNullable<ScoresView['lifecycle']>;

/** `version`: of the profile; with a new one the scores are asked for again. */
export function Scores({ id, version }: { id: string; version: number }) {
  const t = useWords(words);
  const { data, error, refetch } = useAsk(
    ['scores', id, version],
    (call, signal) => call('GET /api/profiles/{id}/scores', { path: { id } }, signal),
    { refetchInterval: ({ state }) => (state.data?.scores?.stale === false ? false : 3_000) },
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton role="status" height={320} aria-label={t.scores} />;
  const { scores, reason } = data;
  if (!scores) return <Empty title={t.noScores}>{reason === 'no_model' ? t.noModel : t.notScored}</Empty>;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {scores.purchase && <Chance title={t.purchase} amount={scores.purchase} />}
      {scores.churn && <Chance title={t.churn} amount={scores.churn} />}
      {scores.nextOrderValue && <Value title={t.nextOrderValue} amount={scores.nextOrderValue} />}
      {scores.lifecycle && <Classes title={t.lifecycle} membership={scores.lifecycle} />}
      {scores.persona && <Classes title={t.persona} membership={scores.persona} />}
    </SimpleGrid>
  );
}

interface TileProps {
  readonly title: string;
  readonly made: Pick<Amount, 'model' | 'modelVersion' | 'at' | 'stale'>;
  readonly children: ReactNode;
}

function Tile({ title, made, children }: TileProps) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={3} size="h5">
            {title}
          </Title>
          {made.stale && (
            <Badge color="yellow" variant="light">
              {t.stale}
            </Badge>
          )}
        </Group>
        {children}
        <Text size="xs" c="dimmed">
          {t.madeBy(made.model, made.modelVersion)} · {format.moment(made.at)}
        </Text>
      </Stack>
    </Card>
  );
}

function Chance({ title, amount }: { title: string; amount: Amount }) {
  const format = useFormat();
  return (
    <Tile title={title} made={amount}>
      <Text size="xl" fw={700}>
        {format.percent(amount.value)}
      </Text>
      <Progress value={amount.value * 100} aria-label={title} />
      <Drivers
        drivers={(amount.drivers ?? []).map(({ event, item, effect }) => ({
          name: item === undefined ? event : `${event}: ${item}`,
          effect,
        }))}
      />
    </Tile>
  );
}

function Value({ title, amount }: { title: string; amount: Amount }) {
  const format = useFormat();
  return (
    <Tile title={title} made={amount}>
      <Text size="xl" fw={700}>
        {format.number(amount.value, 2)}
      </Text>
    </Tile>
  );
}

function Classes({ title, membership }: { title: string; membership: Membership }) {
  const format = useFormat();
  const classes = Object.entries(membership.probabilities).sort(([, a], [, b]) => b - a);
  return (
    <Tile title={title} made={membership}>
      {classes.map(([name, share]) => (
        <div key={name}>
          <Group justify="space-between">
            <Text size="sm" fw={name === membership.class ? 700 : 400}>
              {name}
            </Text>
            <Text size="sm">{format.percent(share, 0)}</Text>
          </Group>
          <Progress value={share * 100} aria-label={name} />
        </div>
      ))}
      <Drivers
        drivers={membership.drivers.map(({ feature, contribution }) => ({
          name: feature,
          effect: contribution,
        }))}
      />
    </Tile>
  );
}

function Drivers({ drivers }: { drivers: readonly { name: string; effect: number }[] }) {
  const t = useWords(words);
  const format = useFormat();
  if (drivers.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t.why}
      </Text>
      {drivers.slice(0, 5).map(({ name, effect }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same event may drive twice
        <Group key={i} justify="space-between" wrap="nowrap">
          <Text size="sm" truncate>
            {name}
          </Text>
          <Text size="sm" c={effect < 0 ? 'red' : 'teal'}>
            {effect > 0 ? '+' : ''}
            {format.number(effect, 3)}
          </Text>
        </Group>
      ))}
    </div>
  );
}
