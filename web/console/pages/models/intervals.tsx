/** Figures with their intervals on one axis: a dot, and a whisker from the low to the high end. */
import { Box, Group, Stack, Text } from '@mantine/core';
import { useFormat } from '../../parts/format.ts';

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Row {
  readonly name: string;
  readonly estimate: Estimate;
  /** Drawn stronger than the others. */
  readonly strong?: boolean;
}

const HEIGHT = 14;

/** The axis runs from zero to one for shares, else from zero or the lowest end to zero or the highest. */
function axisOf(rows: readonly Row[]): (value: number) => number {
  const low = Math.min(0, ...rows.map(({ estimate }) => estimate.low));
  const most = Math.max(0, ...rows.map(({ estimate }) => estimate.high));
  const high = low === 0 && most <= 1 ? 1 : Math.max(most, low + Number.EPSILON);
  return (value) => ((value - low) / (high - low)) * 100;
}

export function Intervals({ rows }: { rows: readonly Row[] }) {
  const format = useFormat();
  const at = axisOf(rows);
  return (
    <Stack gap={6}>
      {rows.map(({ name, estimate, strong = false }) => (
        <div key={name}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" fw={strong ? 700 : 400} truncate>
              {name}
            </Text>
            <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
              <b>{format.number(estimate.value, 4)}</b>{' '}
              <Text span size="xs" c="dimmed">
                {format.number(estimate.low, 4)} – {format.number(estimate.high, 4)}
              </Text>
            </Text>
          </Group>
          <Whisker estimate={estimate} at={at} strong={strong} />
        </div>
      ))}
    </Stack>
  );
}

interface WhiskerProps {
  readonly estimate: Estimate;
  /** Place on the axis in percent. */
  readonly at: (value: number) => number;
  readonly strong: boolean;
}

function Whisker({ estimate: { value, low, high }, at, strong }: WhiskerProps) {
  const colour = strong ? 'var(--mantine-color-teal-7)' : 'var(--mantine-color-gray-6)';
  const end = (place: number) => (
    <line x1={`${place}%`} x2={`${place}%`} y1={3} y2={HEIGHT - 3} stroke={colour} strokeWidth={1.5} />
  );
  return (
    <Box component="svg" display="block" w="100%" h={HEIGHT} aria-hidden>
      <rect width="100%" height={4} y={5} rx={2} fill="var(--mantine-color-default-hover)" />
      <rect width={`${at(value)}%`} height={4} y={5} rx={2} fill={colour} opacity={0.35} />
      <line x1={`${at(low)}%`} x2={`${at(high)}%`} y1={7} y2={7} stroke={colour} strokeWidth={2} />
      {end(at(low))}
      {end(at(high))}
      <circle cx={`${at(value)}%`} cy={7} r={4} fill={colour} />
    </Box>
  );
}
