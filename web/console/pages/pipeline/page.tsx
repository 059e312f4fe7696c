/** The chain at work: the map with rates and lag, the ledger, the quarantine, and what it costs. */
import { Badge, Grid, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Cost } from './cost.tsx';
import { Lag } from './lag.tsx';
import { Ledger, type Span } from './ledger.tsx';
import { ChainMap } from './map.tsx';
import { Quarantine } from './quarantine.tsx';
import { ratesOf } from './rate.ts';
import { words } from './words.ts';

/** With the charting library, which is large. */
const Minutes = lazy(async () => ({ default: (await import('./minutes.tsx')).Minutes }));

const AGAIN_MS = 3_000;
const MAP_HEIGHT = 520;
const CHART_HEIGHT = 300;
const HOUR = 3_600_000;

/** The hours of the last day as a range; it changes once an hour, so that answers are kept between questions. */
function rangeOf(span: Span): { from?: string; to?: string } {
  if (span === 'all') return {};
  const next = Math.floor(Date.now() / HOUR) * HOUR + HOUR;
  return { from: new Date(next - 24 * HOUR).toISOString(), to: new Date(next).toISOString() };
}

export default function PipelinePage() {
  const t = useWords(words);
  const [span, setSpan] = useState<Span>('day');
  const range = rangeOf(span);
  const chain = useAsk(['chain'], (call, signal) => call('GET /api/chain', {}, signal), {
    staleTime: Number.POSITIVE_INFINITY,
  });
  const pipeline = useAsk(['pipeline'], (call, signal) => call('GET /api/pipeline', {}, signal), {
    refetchInterval: AGAIN_MS,
  });
  const books = useAsk(
    ['ledger', range],
    (call, signal) => call('GET /api/ledger', { query: range }, signal),
    {
      refetchInterval: AGAIN_MS,
    },
  );
  const error = chain.error ?? pipeline.error;
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text c="dimmed">{t.lead}</Text>
        </div>
        {pipeline.data && (
          <Badge variant="light" size="lg" tt="none">
            {t[pipeline.data.runsOn]}
          </Badge>
        )}
      </Group>
      {error && <Problem error={error} retry={() => void pipeline.refetch()} />}
      {chain.data && pipeline.data ? (
        <ChainMap functions={chain.data.functions} pipeline={pipeline.data} />
      ) : (
        !error && <Skeleton role="status" height={MAP_HEIGHT} aria-label={t.map} />
      )}
      {pipeline.data && (
        <Suspense fallback={<Skeleton height={CHART_HEIGHT} aria-label={t.rates} />}>
          <Minutes minutes={pipeline.data.minutes} />
        </Suspense>
      )}
      <Ledger books={books.data} error={books.error} span={span} onSpan={setSpan} />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Quarantine counts={books.data?.quarantined} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>{pipeline.data && <Lag pipeline={pipeline.data} />}</Grid.Col>
      </Grid>
      {pipeline.data && <Cost runsOn={pipeline.data.runsOn} rate={ratesOf(pipeline.data).accepted} />}
    </Stack>
  );
}
