import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Answer } from './answer.tsx';
import { Requests } from './requests.tsx';
import { Retention } from './retention.tsx';
import { Suppression } from './suppression.tsx';
import { words } from './words.ts';

export default function PrivacyPage() {
  const t = useWords(words);
  const { data: me } = useAsk(['me'], (call, signal) => call('GET /api/me', {}, signal));
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t.title}
        </Title>
        <Text c="dimmed">{t.lead}</Text>
      </div>
      <Answer role={me?.role} />
      <Requests />
      <Suppression role={me?.role} />
      <Retention />
      <Text size="sm" c="dimmed">
        {t.audit}{' '}
        <Anchor component={Link} href="/settings" underline="always">
          {t.openAudit}
        </Anchor>
      </Text>
    </Stack>
  );
}
