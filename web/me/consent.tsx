import { Card, Stack, Switch, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../console/language.tsx';
import { useFormat } from '../console/parts/format.ts';
import { Problem } from '../console/parts/problem.tsx';
import { api, type OwnData } from './api.ts';
import { words } from './words.ts';

const purposes = ['analytics', 'profiling', 'email', 'sms', 'ads_user_data', 'ads_personalisation'] as const;
type Purpose = (typeof purposes)[number];
/** Answers of this page: what is stored follows within seconds. */
type Given = { readonly [P in Purpose]?: { readonly granted: boolean; readonly at: string } };

/** One click to agree, one to withdraw. */
export function Consent({ consent }: { consent: OwnData['consent'] }) {
  const t = useWords(words);
  const format = useFormat();
  const [given, setGiven] = useState<Given>({});
  const [error, setError] = useState<Error>();
  const decide = async (purpose: Purpose, granted: boolean): Promise<void> => {
    try {
      const { decidedAt } = await api.call('PUT /api/me/consent', {
        body: { purposes: { [purpose]: granted } },
      });
      setGiven((before) => ({ ...before, [purpose]: { granted, at: decidedAt } }));
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  return (
    <Card withBorder component="section">
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t.allow}
          </Title>
          <Text size="sm" c="dimmed">
            {t.allowHow}
          </Text>
        </div>
        {error && <Problem error={error} />}
        {purposes.map((purpose) => {
          const answer = given[purpose] ?? consent[purpose];
          const when = answer ? t.since(format.moment(answer.at)) : t.never;
          return (
            <Switch
              key={purpose}
              label={t[purpose]}
              description={`${t[`${purpose}How`]} (${when})`}
              checked={answer?.granted === true}
              onChange={(event) => void decide(purpose, event.currentTarget.checked)}
            />
          );
        })}
      </Stack>
    </Card>
  );
}
