import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { api } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Problem } from '../../parts/problem.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { words } from './words.ts';

export type Role = Reply<'GET /api/me'>['role'];

/** A copy of everything that is known of a person, or their erasure. */
export function Answer({ role }: { role: Role | undefined }) {
  const t = useWords(words);
  const queries = useQueryClient();
  const [id, setId] = useState('');
  const [asked, setAsked] = useState<string>();
  const [error, setError] = useState<Error>();
  const person = id.trim();
  const copy = async (): Promise<void> => {
    try {
      const all = await api.call('GET /api/profiles/{id}/export', { path: { id: person } });
      saveFile('person.json', 'application/json', JSON.stringify(all, undefined, 2));
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  const erase = async (subject: string): Promise<void> => {
    await api.call('POST /api/privacy/requests', { body: { kind: 'erase', id: subject } });
    setId('');
    await queries.invalidateQueries({ queryKey: ['privacy-requests'] });
  };
  return (
    <Card withBorder>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t.ask}
          </Title>
          <Text size="sm" c="dimmed">
            {t.askHow}
          </Text>
        </div>
        <Group align="end">
          <TextInput
            label={t.id}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            style={{ flex: 1 }}
            maw={520}
          />
          <Button
            variant="default"
            disabled={person === '' || (role !== 'privacy' && role !== 'admin')}
            onClick={() => void copy()}
          >
            {t.copy}
          </Button>
          <Button color="red" disabled={person === '' || role !== 'privacy'} onClick={() => setAsked(person)}>
            {t.erase}
          </Button>
        </Group>
        {error && <Problem error={error} />}
      </Stack>
      <Confirm
        asked={asked}
        title={t.eraseAsk}
        text={t.eraseHow(asked ?? '')}
        danger
        onClose={() => setAsked(undefined)}
        act={erase}
      />
    </Card>
  );
}
