import { Group, Select, Stack, Tabs, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../language.tsx';
import { Campaigns } from './campaigns.tsx';
import { Funnel } from './funnel.tsx';
import { Retention } from './retention.tsx';
import { words } from './words.ts';

const DAY_MS = 86_400_000;
const ranges = [7, 30, 90];

/** Whole days, so that the same question stays the same for a day. */
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

export default function FunnelPage() {
  const t = useWords(words);
  const [tab, setTab] = useState<string | null>('funnel');
  const [days, setDays] = useState(30);
  const from = daysAgo(days);
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <div>
          <Title order={1} size="h2">
            {t.title}
          </Title>
          <Text c="dimmed">{t.lead}</Text>
        </div>
        <Select
          label={t.range}
          value={String(days)}
          allowDeselect={false}
          disabled={tab === 'retention'}
          data={ranges.map((range) => ({ value: String(range), label: t.days(range) }))}
          onChange={(value) => setDays(Number(value))}
          w={160}
        />
      </Group>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="funnel">{t.funnel}</Tabs.Tab>
          <Tabs.Tab value="retention">{t.retention}</Tabs.Tab>
          <Tabs.Tab value="campaigns">{t.campaigns}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="funnel">
          <Funnel from={from} />
        </Tabs.Panel>
        <Tabs.Panel value="retention">
          <Retention />
        </Tabs.Panel>
        <Tabs.Panel value="campaigns">
          <Campaigns from={from} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
