/** A small bar chart without a library, so that the first page loads quickly. One series over time. */
import { Box } from '@mantine/core';

interface BarsProps {
  readonly values: readonly number[];
  readonly label: string;
  readonly height?: number;
  readonly color?: string;
}

export function Bars({
  values,
  label,
  height = 56,
  color = 'var(--mantine-primary-color-filled)',
}: BarsProps) {
  const most = Math.max(1, ...values);
  const width = 100 / Math.max(1, values.length);
  return (
    <Box
      component="svg"
      role="img"
      aria-label={label}
      w="100%"
      h={height}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
    >
      {values.map((value, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in time has no other name
          key={i}
          x={i * width}
          width={width * 0.8}
          y={100 - (value / most) * 100}
          height={(value / most) * 100}
          fill={color}
        />
      ))}
    </Box>
  );
}
