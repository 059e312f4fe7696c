/** How far inputs and scores have moved away from training. */
import { Badge, Box, Group, Stack, Text } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { words } from './words.ts';

type Watch = NonNullable<Reply<'GET /api/models/{name}'>['watch']>;

const colours = { stable: 'teal', moderate: 'yellow', large: 'red' } as const;
const marks = [0.1, 0.25];
/** Where the scale ends, unless something moved further. */
const END = 0.5;
const HEIGHT = 12;

export function Drift({ watch }: { watch: Watch | undefined }) {
  const t = useWords(words);
  const format = useFormat();
  if (!watch) return <Empty title={t.noDrift}>{t.noDriftHow}</Empty>;
  const sorted = watch.drift.toSorted((a, b) => b.index - a.index);
  const end = Math.max(END, sorted[0]?.index ?? 0);
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t.driftHow(format.number(watch.cases), format.moment(watch.at))}
      </Text>
      {sorted.map(({ name, index, verdict }) => (
        <div key={name}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">{name}</Text>
            <Group gap="xs">
              <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {format.number(index, 3)}
              </Text>
              <Badge size="sm" variant="light" color={colours[verdict]}>
                {t[verdict]}
              </Badge>
            </Group>
          </Group>
          <Box component="svg" display="block" w="100%" h={HEIGHT} aria-hidden>
            <rect width="100%" height={6} y={3} rx={3} fill="var(--mantine-color-default-hover)" />
            <rect
              width={`${(index / end) * 100}%`}
              height={6}
              y={3}
              rx={3}
              fill={`var(--mantine-color-${colours[verdict]}-6)`}
            />
            {marks.map((mark) => (
              <line
                key={mark}
                x1={`${(mark / end) * 100}%`}
                x2={`${(mark / end) * 100}%`}
                y1={0}
                y2={HEIGHT}
                stroke="var(--mantine-color-dimmed)"
              />
            ))}
          </Box>
        </div>
      ))}
    </Stack>
  );
}
