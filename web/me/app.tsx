/** A person's own page: opened by a link, for them alone. */
import { Button, Container, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage, useWords } from '../console/language.tsx';
import { Empty } from '../console/parts/empty.tsx';
import { Problem } from '../console/parts/problem.tsx';
import { api, token } from './api.ts';
import { Consent } from './consent.tsx';
import { Known } from './known.tsx';
import { Retention } from './retention.tsx';
import { Rights } from './rights.tsx';
import { Why } from './why.tsx';
import { words } from './words.ts';

export function App() {
  const t = useWords(words);
  const { language, choose } = useLanguage();
  const [erased, setErased] = useState(false);
  return (
    <Container size="sm" py="lg" component="main">
      <Stack>
        <Group justify="space-between" align="start" wrap="nowrap">
          <div>
            <Title order={1} size="h2">
              {t.title}
            </Title>
            <Text c="dimmed">{t.lead}</Text>
          </div>
          <Button
            variant="default"
            size="compact-sm"
            lang={language === 'en' ? 'zh-CN' : 'en'}
            onClick={() => choose(language === 'en' ? 'zh' : 'en')}
          >
            {t.otherLanguage}
          </Button>
        </Group>
        {token === undefined && <Empty title={t.noLink}>{t.noLinkHow}</Empty>}
        {token !== undefined && erased && <Empty title={t.erased}>{t.erasedHow}</Empty>}
        {token !== undefined && !erased && <Own onErased={() => setErased(true)} />}
      </Stack>
    </Container>
  );
}

function Own({ onErased }: { onErased: () => void }) {
  const t = useWords(words);
  const { data, error, refetch } = useQuery({
    queryKey: ['own'],
    queryFn: ({ signal }) => api.call('GET /api/me/data', {}, signal),
  });
  if (error && !data) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton role="status" height={480} aria-label={t.loading} />;
  return (
    <>
      <Consent consent={data.consent} />
      <Why data={data} />
      <Known data={data} />
      <Rights onErased={onErased} />
      <Retention stores={data.retention} recipients={data.recipients} />
    </>
  );
}
