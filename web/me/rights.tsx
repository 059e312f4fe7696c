import { Button, Card, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../api/client.ts';
import { useWords } from '../console/language.tsx';
import { Confirm } from '../console/parts/confirm.tsx';
import { Problem } from '../console/parts/problem.tsx';
import { saveFile } from '../console/parts/save-file.ts';
import { api } from './api.ts';
import { words } from './words.ts';

type Whole = Reply<'GET /api/me/export'>;

/** Long histories come in several replies. */
async function everything(): Promise<Whole> {
  const { before: first, ...all } = await api.call('GET /api/me/export', {});
  const events = [...all.events];
  for (let before = first; before !== undefined; ) {
    const older: Whole = await api.call('GET /api/me/export', { query: { before } });
    events.push(...older.events);
    before = older.before;
  }
  return { ...all, events };
}

/** A copy, and the way out. */
export function Rights({ onErased }: { onErased: () => void }) {
  const t = useWords(words);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      saveFile('my-data.json', 'application/json', JSON.stringify(await everything(), undefined, 2));
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setBusy(false);
    }
  };
  const erase = async (): Promise<void> => {
    await api.call('POST /api/me/erase', { body: { confirm: true } });
    onErased();
  };
  return (
    <Card withBorder component="section">
      <Stack align="start">
        <Title order={2} size="h4">
          {t.yours}
        </Title>
        {error && <Problem error={error} />}
        <Text size="sm">{t.downloadHow}</Text>
        <Button variant="default" loading={busy} onClick={() => void download()}>
          {t.download}
        </Button>
        <Text size="sm">{t.eraseHow}</Text>
        <Button color="red" onClick={() => setAsked(true)}>
          {t.erase}
        </Button>
      </Stack>
      <Confirm
        asked={asked ? true : undefined}
        title={t.erase}
        text={t.eraseHow}
        danger
        onClose={() => setAsked(false)}
        act={erase}
      />
    </Card>
  );
}
