/** Models and versions side by side, figure by figure. */
import { Select, SimpleGrid, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { Intervals } from './intervals.tsx';
import { words } from './words.ts';

type Version = Reply<'GET /api/models/{name}'>['versions'][number];

/** Figures of more versions than this make nobody wiser. */
const SHOWN = 8;

interface CompareProps {
  readonly version: Version;
  /** Newest first. */
  readonly versions: readonly Version[];
}

export function Compare({ version, versions }: CompareProps) {
  const t = useWords(words);
  const names = [...new Set([version, ...versions].flatMap(({ metrics }) => Object.keys(metrics)))];
  const [chosen, setChosen] = useState<string>();
  const metric = chosen !== undefined && names.includes(chosen) ? chosen : names[0];
  if (metric === undefined) return null;
  const contenders = version.comparison.flatMap(({ model, metrics: { [metric]: estimate } }) =>
    estimate ? [{ name: model, estimate, strong: model === 'challenger' || model === version.name }] : [],
  );
  const history = versions
    .slice(0, SHOWN)
    .flatMap(({ version: name, metrics: { [metric]: estimate } }) =>
      estimate ? [{ name, estimate, strong: name === version.version }] : [],
    );
  return (
    <Stack>
      <Select
        label={t.metric}
        data={names}
        value={metric}
        onChange={(name) => setChosen(name ?? undefined)}
        allowDeselect={false}
        maw={360}
      />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        {contenders.length > 0 && (
          <div>
            <Title order={4} size="h6" mb="xs">
              {t.sameCases}
            </Title>
            <Intervals rows={contenders} />
          </div>
        )}
        <div>
          <Title order={4} size="h6" mb="xs">
            {t.history}
          </Title>
          <Intervals rows={history} />
        </div>
      </SimpleGrid>
    </Stack>
  );
}
