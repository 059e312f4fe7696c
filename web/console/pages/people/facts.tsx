/** The profile in three parts: static, dynamic, composite. */
import { Card, Progress, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../../language.tsx';
import { Bars } from '../../parts/bars.tsx';
import { useFormat } from '../../parts/format.ts';
import type { PersonReply } from './person.tsx';
import { words } from './words.ts';

type Profile = PersonReply['profile'];

export function Facts({ profile }: { profile: Profile }) {
  const t = useWords(words);
  const totals: Readonly<Record<string, string>> = {
    events: t.events,
    pageViews: t.pageViews,
    productViews: t.productViews,
    cartAdds: t.cartAdds,
    checkouts: t.checkouts,
    orders: t.orders,
    revenue: t.revenue,
    refunds: t.refunds,
    items: t.items,
  };
  const called = (name: string): string => totals[name] ?? name;
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }}>
      <Part title={t.static}>
        <Pairs title={t.traits} values={profile.static.traits} empty={t.noTraits} />
        <Pairs title={t.attributes} values={profile.static.attributes} />
        {profile.firstTouch && <Pairs title={t.firstTouch} values={profile.firstTouch} />}
        {profile.lastTouch && <Pairs title={t.lastTouch} values={profile.lastTouch} />}
      </Part>
      <Part title={t.dynamic}>
        <Bars values={daily(profile)} label={t.days} />
        <Text size="xs" c="dimmed">
          {t.days}
        </Text>
        <Pairs title={t.totals} values={profile.dynamic.totals} call={called} />
      </Part>
      <Part title={t.composite}>
        <Rfm profile={profile} />
        <Affinities affinities={profile.dynamic.affinities} />
      </Part>
    </SimpleGrid>
  );
}

const DAY_MS = 86_400_000;

/** Events of each of the 35 days that end with the newest event's; days without any count too. */
function daily({ dynamic: { lastSeen, last35Days } }: Profile): number[] {
  const byDay = new Map(last35Days.days.map(({ day, events }) => [day, events]));
  const last = Date.parse(lastSeen ?? '') || 0;
  return Array.from({ length: 35 }, (_, i) => {
    const day = new Date(last - (34 - i) * DAY_MS).toISOString().slice(0, 10);
    return byDay.get(day) ?? 0;
  });
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder>
      <Stack>
        <Title order={3} size="h5">
          {title}
        </Title>
        {children}
      </Stack>
    </Card>
  );
}

interface PairsProps {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly empty?: string;
  /** What a name is called where people read it. @default the name itself */
  readonly call?: (name: string) => string;
}

/** As our own replies write moments; what people say of themselves seldom looks like it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function Pairs({ title, values, empty, call = (name) => name }: PairsProps) {
  const format = useFormat();
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== 0);
  const shown = (value: unknown): string => {
    if (typeof value === 'number') return format.number(value, 2);
    if (typeof value !== 'string') return JSON.stringify(value);
    return MOMENT.test(value) ? format.moment(value) : value;
  };
  if (entries.length === 0) return empty === undefined ? null : <Text c="dimmed">{empty}</Text>;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Table verticalSpacing={4} layout="fixed">
        <Table.Tbody>
          {entries.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {call(name)}
                </Text>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Rfm({ profile: { dynamic } }: { profile: Profile }) {
  const t = useWords(words);
  const format = useFormat();
  const { recencyDays, frequency, monetary } = dynamic;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t.rfm}
      </Text>
      <Text size="sm">
        {[
          recencyDays === null ? t.neverOrdered : t.daysSinceOrder(format.number(recencyDays)),
          t.ordersCount(format.number(frequency)),
          t.spent(format.number(monetary, 2)),
        ].join(' · ')}
      </Text>
    </div>
  );
}

function Affinities({ affinities }: { affinities: Profile['dynamic']['affinities'] }) {
  const t = useWords(words);
  const most = Math.max(...affinities.map(({ score }) => score), 1e-9);
  if (affinities.length === 0) return null;
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        {t.affinities}
      </Text>
      {affinities.slice(0, 8).map(({ category, score }) => (
        <div key={category}>
          <Text size="sm">{category}</Text>
          <Progress value={(score / most) * 100} aria-label={category} />
        </div>
      ))}
    </Stack>
  );
}
