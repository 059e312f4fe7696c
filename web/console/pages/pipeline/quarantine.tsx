/** Refused events by reason, with the way to look at them and to send them again. */
import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { quarantineReasons } from '../../../../events/reasons.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Refused } from './refused.tsx';
import { type Reason, reasonNames } from './replay.ts';
import { words } from './words.ts';

/** `counts`: events by reason; undefined while they are not known. */
export function Quarantine({ counts }: { counts: Readonly<Record<string, number>> | undefined }) {
  const t = useWords(words);
  const [shown, setShown] = useState<Reason>();
  const refused = reasonNames
    .map((reason) => ({ reason, count: counts?.[reason] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const most = refused[0]?.count ?? 1;
  return (
    <Card withBorder component="section" aria-label={t.quarantine} mih={320}>
      <Title order={2} size="h4">
        {t.quarantine}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t.quarantineHow}
      </Text>
      {counts && refused.length === 0 && <Empty title={t.noneRefused}>{t.noneRefusedHow}</Empty>}
      <Stack gap="sm">
        {refused.map(({ reason, count }) => (
          <Line key={reason} reason={reason} count={count} most={most} onLook={setShown} />
        ))}
      </Stack>
      <Refused reason={shown} onClose={() => setShown(undefined)} />
    </Card>
  );
}

interface LineProps {
  readonly reason: Reason;
  readonly count: number;
  readonly most: number;
  readonly onLook: (reason: Reason) => void;
}

function Line({ reason, count, most, onLook }: LineProps) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <Group wrap="nowrap" align="start">
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group justify="space-between" gap="xs">
          <Text fw={600} size="sm">
            {reason}
          </Text>
          <Text size="sm">{format.number(count)}</Text>
        </Group>
        <Progress value={(count / most) * 100} color="orange.6" aria-hidden />
        <Text size="xs" c="dimmed">
          {quarantineReasons[reason]}
        </Text>
      </div>
      <Button
        size="compact-sm"
        variant="light"
        aria-label={`${t.look}: ${reason}`}
        onClick={() => onLook(reason)}
      >
        {t.look}
      </Button>
    </Group>
  );
}
