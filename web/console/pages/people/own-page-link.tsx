import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Problem } from '../../parts/problem.tsx';
import { words } from './words.ts';

/** A link to the person's own page, to be sent to them. */
export function OwnPageLink({ id }: { id: string }) {
  const t = useWords(words);
  const [link, setLink] = useState<string>();
  const [error, setError] = useState<Error>();
  const make = async (): Promise<void> => {
    try {
      const { path } = await api.call('POST /api/privacy/links', { body: { id } });
      setLink(`${location.origin}${path}`);
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  return (
    <Stack align="start">
      <Text size="sm" c="dimmed">
        {t.ownPageHow}
      </Text>
      <Group>
        <Button variant="default" onClick={() => void make()}>
          {t.ownPage}
        </Button>
      </Group>
      {error && <Problem error={error} />}
      {link !== undefined && <Copy text={link} label={t.ownPageLink} />}
    </Stack>
  );
}
