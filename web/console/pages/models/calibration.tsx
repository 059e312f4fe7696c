/** What was predicted against what came true, on the hold-out and since. */
import '@mantine/charts/styles.css';
import { ScatterChart } from '@mantine/charts';
import { Box, SimpleGrid, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { words } from './words.ts';

type Model = Reply<'GET /api/models/{name}'>;
export type Tables = Model['versions'][number]['calibration'];
type Bucket = Tables[string]['table'][number];

const HEIGHT = 260;

interface CalibrationProps {
  /** By chance, such as `purchase`. */
  readonly trained: Tables;
  /** On labels that have arrived since; undefined where nobody has looked. */
  readonly since: Tables | undefined;
}

export function Calibration({ trained, since }: CalibrationProps) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {Object.keys(trained).map((chance) => (
        <Plot key={chance} chance={chance} trained={trained[chance]} since={since?.[chance]} />
      ))}
    </SimpleGrid>
  );
}

/** Cases without which a bucket says nothing. */
const LEAST = 1;
const points = (table: readonly Bucket[]) =>
  table
    .filter(({ cases }) => cases >= LEAST)
    .map(({ predicted, observed }) => ({ predicted: predicted * 100, observed: observed * 100 }));

interface PlotProps {
  readonly chance: string;
  readonly trained: Tables[string] | undefined;
  readonly since: Tables[string] | undefined;
}

function Plot({ chance, trained, since }: PlotProps) {
  const t = useWords(words);
  const format = useFormat();
  if (!trained) return null;
  const shown = [trained, ...(since ? [since] : [])].flatMap(({ table }) => points(table));
  const most = Math.min(
    100,
    Math.ceil(Math.max(10, ...shown.flatMap(({ predicted, observed }) => [predicted, observed])) / 10) * 10,
  );
  const axis = { type: 'number' as const, domain: [0, most] };
  const says = trained.table
    .map(({ predicted, observed }) => `${format.percent(predicted, 0)}: ${format.percent(observed, 0)}`)
    .join(', ');
  return (
    <div>
      <Title order={4} size="h6">
        {chance}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t.error(format.percent(trained.ece), format.percent(trained.luck))}
      </Text>
      <Box role="img" aria-label={`${t.calibration}, ${chance}. ${t.predicted}: ${t.observed}. ${says}`}>
        <ScatterChart
          // The library does not bear another number of series.
          key={since === undefined ? 'alone' : 'with since'}
          h={HEIGHT}
          data={[
            {
              name: t.exact,
              color: 'gray.5',
              data: [
                { predicted: 0, observed: 0 },
                { predicted: most, observed: most },
              ],
            },
            { name: t.training, color: 'teal.7', data: points(trained.table) },
            ...(since ? [{ name: t.recent, color: 'orange.6', data: points(since.table) }] : []),
          ]}
          dataKey={{ x: 'predicted', y: 'observed' }}
          xAxisLabel={t.predicted}
          yAxisLabel={t.observed}
          unit={{ x: '%', y: '%' }}
          valueFormatter={(value) => format.number(value, 1)}
          xAxisProps={axis}
          yAxisProps={axis}
          withLegend
          scatterProps={{ isAnimationActive: false, line: true }}
          scatterChartProps={{ accessibilityLayer: false }}
        />
      </Box>
    </div>
  );
}
