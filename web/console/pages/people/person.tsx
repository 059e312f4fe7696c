/** One person. Asks again each second, so that what happens in the shop shows at once. */
import { Badge, Card, Group, SimpleGrid, Skeleton, Stack, Tabs, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { ApiError, type Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { Consent } from './consent.tsx';
import { Facts } from './facts.tsx';
import { Identities } from './identities.tsx';
import { noteLooked } from './looked.ts';
import { Recommendations } from './recommendations.tsx';
import { Scores } from './scores.tsx';
import { Timeline } from './timeline.tsx';
import { words } from './words.ts';

export type PersonReply = Reply<'GET /api/profiles/{id}'>;

const AGAIN_MS = 500;
const SEGMENTS_AGAIN_MS = 5_000;

export function Person({ id }: { id: string }) {
  const t = useWords(words);
  const { data, error, refetch } = useAsk(
    ['person', id],
    (call, signal) => call('GET /api/profiles/{id}', { path: { id } }, signal),
    { refetchInterval: AGAIN_MS },
  );
  const known = data !== undefined;
  useEffect(() => {
    if (known) noteLooked(id);
  }, [id, known]);
  if (error instanceof ApiError && error.code === 'unknown_profile' && !data) {
    return <Empty title={t.nobody}>{t.nobodyHow}</Empty>;
  }
  if (error && !data) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton role="status" height={420} aria-label={t.title} />;
  return <Known id={id} person={data} />;
}

function Known({ id, person }: { id: string; person: PersonReply }) {
  const t = useWords(words);
  const tabs = [
    ['timeline', <Timeline key="timeline" id={id} events={person.profile.dynamic.events} />],
    ['facts', <Facts key="facts" profile={person.profile} />],
    ['scores', <Scores key="scores" id={id} version={person.items[0]?.version ?? 0} />],
    [
      'recommendations',
      <Recommendations key="recommendations" id={id} version={person.items[0]?.version ?? 0} />,
    ],
    ['consent', <Consent key="consent" id={id} consent={person.profile.consent} />],
    ['identities', <Identities key="identities" person={person} />],
  ] as const;
  return (
    <Stack>
      <Header id={id} person={person} />
      <Tabs defaultValue="timeline" keepMounted={false}>
        <Tabs.List>
          {tabs.map(([name]) => (
            <Tabs.Tab key={name} value={name}>
              {t[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(([name, content]) => (
          <Tabs.Panel key={name} value={name} pt="md">
            {content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

/** Badges of the segments that the person is in; their line is kept free. */
function SegmentBadges({ id }: { id: string }) {
  const { data } = useAsk(
    ['person-segments', id],
    (call, signal) => call('GET /api/profiles/{id}/segments', { path: { id } }, signal),
    { refetchInterval: SEGMENTS_AGAIN_MS },
  );
  return (
    <Group gap="xs" mih={22} mt="sm">
      {data?.segments.map((segment) => (
        <Badge key={segment.id} variant="outline" color="gray" tt="none">
          {segment.name}
        </Badge>
      ))}
    </Group>
  );
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function Header({ id, person: { profile, scores } }: { id: string; person: PersonReply }) {
  const t = useWords(words);
  const format = useFormat();
  const { traits } = profile.static;
  const { dynamic } = profile;
  const name = textOf(traits['name']) ?? textOf(traits['email']) ?? id;
  const figures: [string, string][] = [
    [t.events, format.number(dynamic.events)],
    [t.orders, format.number(dynamic.frequency)],
    [t.revenue, format.number(dynamic.monetary, 2)],
    [t.visits, format.number(dynamic.last35Days.sessions)],
    [t.lastSeen, dynamic.lastSeen === undefined ? '—' : format.moment(dynamic.lastSeen)],
  ];
  return (
    <Card withBorder>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Title>
        <Group gap="xs">
          {scores?.lifecycle && <Badge variant="light">{scores.lifecycle.class}</Badge>}
          {scores?.persona && (
            <Badge variant="light" color="grape">
              {scores.persona.class}
            </Badge>
          )}
        </Group>
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 5 }}>
        {figures.map(([label, value]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text fw={600}>{value}</Text>
          </div>
        ))}
      </SimpleGrid>
      <SegmentBadges id={id} />
    </Card>
  );
}
