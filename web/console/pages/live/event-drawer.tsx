/** One event: as it came and after cleaning, side by side. */
import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useWords } from '../../language.tsx';
import { SidePanel } from '../../parts/dialog.tsx';
import { Json } from '../../parts/json.tsx';
import { colorOf } from './event-table.tsx';
import type { LiveEvent } from './feed.ts';
import { words } from './words.ts';

export function EventDrawer({ event, onClose }: { event: LiveEvent | undefined; onClose: () => void }) {
  const t = useWords(words);
  return (
    <SidePanel opened={event !== undefined} onClose={onClose} title={event?.event ?? t.details}>
      {event && <Details event={event} />}
    </SidePanel>
  );
}

function Details({ event }: { event: LiveEvent }) {
  const t = useWords(words);
  const who = event.userId ?? event.anonymousId;
  return (
    <Stack>
      <Group justify="space-between">
        <Badge variant="light" color={colorOf[event.outcome]}>
          {t[event.outcome]}
        </Badge>
        {who !== undefined && (
          <Button
            component={Link}
            href={`/people/${encodeURIComponent(who)}`}
            size="compact-sm"
            variant="light"
          >
            {t.person}
          </Button>
        )}
      </Group>
      {event.reason !== undefined && (
        <Alert color={colorOf[event.outcome]} title={`${t.reason}: ${event.reason}`}>
          {event.detail !== undefined && <Text size="sm">{event.detail}</Text>}
          <Text size="sm">{event.outcome === 'quarantined' ? t.notCleaned : t.dropped}</Text>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: event.clean ? 2 : 1 }}>
        <div>
          <Title order={3} size="h5" mb="xs">
            {t.raw}
          </Title>
          <Json value={event.raw} label={t.raw} />
        </div>
        {event.clean && (
          <div>
            <Title order={3} size="h5" mb="xs">
              {t.cleaned}
            </Title>
            <Json value={event.clean} label={t.cleaned} />
          </div>
        )}
      </SimpleGrid>
    </Stack>
  );
}
