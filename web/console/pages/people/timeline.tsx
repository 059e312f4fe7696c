/** What a person did, newest first, by day. What has just happened shows from the profile before the lake has it. */
import { Accordion, Badge, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Json } from '../../parts/json.tsx';
import { Problem } from '../../parts/problem.tsx';
import { words } from './words.ts';

/** `events`: how many are applied; a new one is a reason to ask again. */
export function Timeline({ id, events: applied }: { id: string; events: number }) {
  const t = useWords(words);
  const format = useFormat();
  const { data, error, refetch } = useAsk(
    ['timeline', id, applied],
    (call, signal) => call('GET /api/profiles/{id}/events', { path: { id }, query: { limit: 100 } }, signal),
    // The lake is written every few seconds.
    {
      refetchInterval: ({ state }) =>
        (state.data?.events.length ?? 0) < Math.min(applied, 100) ? 2_000 : false,
    },
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton role="status" height={320} aria-label={t.timeline} />;
  if (data.events.length === 0) return <Empty title={t.noEvents}>{t.noEventsHow}</Empty>;
  return (
    <Accordion variant="separated" chevronPosition="right">
      {data.events.map((event) => (
        <Accordion.Item key={event.receipt} value={event.receipt}>
          <Accordion.Control>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Group gap="xs" wrap="nowrap" miw={0}>
                <Badge variant="light" color="gray" w={84}>
                  {event.type}
                </Badge>
                <Text size="sm" fw={500} truncate>
                  {event.event}
                </Text>
                <Text size="sm" c="dimmed" truncate visibleFrom="sm">
                  {subjectOf(event.properties)}
                </Text>
              </Group>
              <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                {format.moment(event.timestamp)}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Stack>
              <Json
                value={{
                  properties: event.properties,
                  traits: event.traits,
                  context: event.context,
                  flags: event.flags,
                }}
                label={t.properties}
                height={260}
              />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

/** What an event is about, where its properties say it. */
function subjectOf(properties: Readonly<Record<string, unknown>>): string {
  for (const name of ['name', 'product_id', 'query', 'path', 'title', 'order_id', 'category']) {
    const value = properties[name];
    if (typeof value === 'string') return value;
  }
  return '';
}
