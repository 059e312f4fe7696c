/** What came in during the last hour, a bar per minute by what became of it. */
import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { Box, Card, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { words } from './words.ts';

const HEIGHT = 220;
const series = [
  { name: 'applied', color: 'teal.7' },
  { name: 'duplicates', color: 'gray.5' },
  { name: 'quarantined', color: 'orange.6' },
  { name: 'suppressed', color: 'violet.5' },
] as const;

export function Minutes({ minutes }: { minutes: Reply<'GET /api/pipeline'>['minutes'] }) {
  const t = useWords(words);
  const format = useFormat();
  const total = minutes.reduce((sum, { accepted }) => sum + accepted, 0);
  return (
    <Card withBorder component="section" aria-label={t.rates}>
      <Title order={2} size="h4" mb="sm">
        {t.rates}
      </Title>
      {total === 0 ? (
        <Empty title={t.noEvents}>{t.noEventsHow}</Empty>
      ) : (
        <Box role="img" aria-label={`${t.rates}: ${format.number(total)}`}>
          <BarChart
            h={HEIGHT}
            type="stacked"
            data={minutes.map((minute) => ({ ...minute, at: format.clock(minute.at) }))}
            dataKey="at"
            series={series.map(({ name, color }) => ({ name, color, label: t[name] }))}
            valueFormatter={(value) => format.number(value)}
            withLegend
            legendProps={{ verticalAlign: 'bottom', height: 32 }}
            barProps={{ isAnimationActive: false }}
            barChartProps={{ accessibilityLayer: false }}
            xAxisProps={{ minTickGap: 40 }}
          />
        </Box>
      )}
    </Card>
  );
}
