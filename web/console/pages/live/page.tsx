import { Badge, Button, Card, Group, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useWords } from '../../language.tsx';
import { Bars } from '../../parts/bars.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { EventDrawer } from './event-drawer.tsx';
import { EventTable } from './event-table.tsx';
import { type LiveEvent, useFeed } from './feed.ts';
import { words } from './words.ts';

const outcomes = ['all', 'clean', 'quarantined', 'suppressed'] as const;

const matches = (event: LiveEvent, text: string): boolean =>
  [event.event, event.type, event.userId, event.anonymousId, event.source, event.reason].some((part) =>
    part?.toLowerCase().includes(text),
  );

export default function LivePage() {
  const t = useWords(words);
  const [paused, setPaused] = useState(false);
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<string>('all');
  const [open, setOpen] = useState<LiveEvent>();
  const { events, connected, rates } = useFeed(paused);
  const asked = text.trim().toLowerCase();
  const shown = events.filter(
    (event) => (outcome === 'all' || event.outcome === outcome) && (asked === '' || matches(event, asked)),
  );
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text c="dimmed">{t.lead}</Text>
        </div>
        <Button
          variant="light"
          onClick={() => setPaused(!paused)}
          leftSection={
            paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
          }
        >
          {paused ? t.go : t.pause}
        </Button>
      </Group>
      <Rate rates={rates} connected={connected} />
      <Group>
        <TextInput
          aria-label={t.filter}
          placeholder={t.filter}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
          miw={200}
        />
        <SegmentedControl
          value={outcome}
          onChange={setOutcome}
          data={outcomes.map((value) => ({ value, label: t[value] }))}
        />
      </Group>
      {shown.length > 0 ? (
        <EventTable events={shown} onOpen={setOpen} />
      ) : events.length === 0 ? (
        <Empty title={t.waiting}>{t.waitingHow}</Empty>
      ) : (
        <Empty title={t.none}>{t.noneHow}</Empty>
      )}
      <EventDrawer event={open} onClose={() => setOpen(undefined)} />
    </Stack>
  );
}

function Rate({ rates, connected }: { rates: readonly number[]; connected: boolean }) {
  const t = useWords(words);
  const format = useFormat();
  const last = rates.slice(-10);
  const perSecond = last.reduce((sum, n) => sum + n, 0) / last.length;
  return (
    <Card withBorder padding="sm">
      <Group wrap="nowrap">
        <Badge
          w={140}
          size="lg"
          tt="none"
          style={{ flex: 'none' }}
          variant="light"
          color={connected ? 'teal' : 'gray'}
        >
          {connected ? t.rate(format.number(perSecond, 1)) : t.connecting}
        </Badge>
        <Bars values={rates} label={t.chart} />
      </Group>
    </Card>
  );
}
