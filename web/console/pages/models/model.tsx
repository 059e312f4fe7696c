/** One model: what serves, its versions, and everything about the version that is looked at. */
import { Button, Card, Group, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { Compare } from './compare.tsx';
import { Drift } from './drift.tsx';
import { GateChecks } from './gate.tsx';
import { Intervals } from './intervals.tsx';
import { Origin } from './origin.tsx';
import { Versions } from './versions.tsx';
import { words } from './words.ts';

export type ModelView = Reply<'GET /api/models/{name}'>;

/** With the charting library, which is large. */
const Calibration = lazy(async () => ({ default: (await import('./calibration.tsx')).Calibration }));
const PLOT_HEIGHT = 320;

/** `state`: asked anew whenever it is another: a version has come or serves, or somebody has looked after it. */
export function Model({ name, state }: { name: string; state: string }) {
  const t = useWords(words);
  const [chosen, setChosen] = useState<string>();
  const { data, error, refetch } = useAsk(['model', name, state], (call, signal) =>
    call('GET /api/models/{name}', { path: { name } }, signal),
  );
  if (error && !data) return <Problem error={error} retry={() => void refetch()} />;
  const shown =
    data?.versions.find(({ version }) => version === (chosen ?? data.champion)) ?? data?.versions[0];
  if (!data || !shown) return <Skeleton role="status" height={480} aria-label={name} />;
  const figures = Object.entries(shown.metrics).map(([figure, estimate]) => ({ name: figure, estimate }));
  return (
    <Stack>
      <Serving model={data} />
      <Section title={t.versions}>
        <Versions model={data} shown={shown.version} onShow={setChosen} />
      </Section>
      <Select
        label={t.chosen}
        data={data.versions.map(({ version }) => version)}
        value={shown.version}
        onChange={(version) => setChosen(version ?? undefined)}
        allowDeselect={false}
        maw={360}
      />
      <Section title={t.gate} how={t.gateHow}>
        <GateChecks gate={shown.gate} />
      </Section>
      <Section title={t.metrics}>
        <Stack gap={6}>
          {figures.map((figure) => (
            <Intervals key={figure.name} rows={[figure]} />
          ))}
        </Stack>
      </Section>
      <Section title={t.compare}>
        <Compare version={shown} versions={data.versions} />
      </Section>
      <Section title={t.calibration} how={t.calibrationHow}>
        {Object.keys(shown.calibration).length === 0 ? (
          <Empty title={t.noCalibration} />
        ) : (
          <Suspense fallback={<Skeleton height={PLOT_HEIGHT} aria-label={t.calibration} />}>
            <Calibration
              trained={shown.calibration}
              since={data.watch?.version === shown.version ? data.watch.calibration : undefined}
            />
          </Suspense>
        )}
      </Section>
      <Section title={t.drift}>
        <Drift watch={data.watch} />
      </Section>
      <Section title={t.data}>
        <Origin version={shown} />
      </Section>
    </Stack>
  );
}

function Section({ title, how, children }: { title: string; how?: string; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb={how === undefined ? 'sm' : 0}>
        {title}
      </Title>
      {how !== undefined && (
        <Text size="sm" c="dimmed" mb="sm">
          {how}
        </Text>
      )}
      {children}
    </Card>
  );
}

/** Since when and why, and the way back for admins. */
function Serving({ model: { name, champion, serving } }: { model: ModelView }) {
  const t = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const { data: me } = useAsk(['me'], (call, signal) => call('GET /api/me', {}, signal));
  const [asked, setAsked] = useState<{ from: string; to: string }>();
  const before = serving?.previous.at(-1);
  const back = async ({ from }: { from: string }): Promise<void> => {
    await api.call('POST /api/models/{name}/rollback', { path: { name }, body: { from } });
    await queries.invalidateQueries({ queryKey: ['models'] });
    await queries.invalidateQueries({ queryKey: ['model'] });
  };
  if (champion === undefined || !serving) return <Text>{t.nobody}</Text>;
  return (
    <Group justify="space-between" align="start">
      <div style={{ flex: '1 1 320px' }}>
        <Text>
          <b>{champion}</b> · {t.since(format.moment(serving.since))}
        </Text>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {serving.why}
        </Text>
      </div>
      {me?.role === 'admin' &&
        (before === undefined ? (
          <Text size="sm" c="dimmed">
            {t.nothingEarlier}
          </Text>
        ) : (
          <Button variant="light" color="red" onClick={() => setAsked({ from: champion, to: before })}>
            {t.rollBack}
          </Button>
        ))}
      <Confirm
        asked={asked}
        title={t.rollBack}
        text={asked ? t.rollBackHow(asked.from, asked.to) : ''}
        onClose={() => setAsked(undefined)}
        act={back}
        danger
      />
    </Group>
  );
}
