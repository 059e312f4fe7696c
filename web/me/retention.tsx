import { Card, List, Stack, Text, Title } from '@mantine/core';
import { useLanguage, useWords } from '../console/language.tsx';
import { useFormat } from '../console/parts/format.ts';
import type { OwnData } from './api.ts';
import { words } from './words.ts';

/** Who else has it, and how long each store keeps it. */
export function Retention({
  stores,
  recipients,
}: {
  stores: OwnData['retention'];
  recipients: OwnData['recipients'];
}) {
  const t = useWords(words);
  const { language } = useLanguage();
  const format = useFormat();
  return (
    <Card withBorder component="section">
      <Stack>
        <Title order={2} size="h4">
          {t.kept}
        </Title>
        <List>
          {stores.map(({ store, days, holds }) => (
            <List.Item key={store}>
              {holds[language]}{' '}
              <Text span size="sm" c="dimmed">
                {days === undefined ? t.untilErased : t.days(format.number(days))}
              </Text>
            </List.Item>
          ))}
        </List>
        <Title order={3} size="h5">
          {t.recipients}
        </Title>
        <Text>{recipients.length === 0 ? t.nobody : recipients.join(', ')}</Text>
      </Stack>
    </Card>
  );
}
