import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { looked } from './looked.ts';
import { Person } from './person.tsx';
import { words } from './words.ts';

export default function PeoplePage() {
  const t = useWords(words);
  const [, go] = useLocation();
  const id = decoded(useParams()['*'] ?? '');
  const [text, setText] = useState('');
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') go(`/people/${encodeURIComponent(text.trim())}`);
  };
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t.title}
        </Title>
        <Text c="dimmed">{t.lead}</Text>
      </div>
      <Group component="form" onSubmit={find} align="end">
        <TextInput
          label={t.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
          maw={520}
        />
        <Button type="submit">{t.find}</Button>
      </Group>
      {id === '' ? <Start /> : <Person key={id} id={id} />}
    </Stack>
  );
}

/** The router decodes where it can; what is no encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Start() {
  const t = useWords(words);
  const ids = looked();
  return (
    <Empty title={t.start}>
      {t.startHow}
      {ids.length > 0 && (
        <Stack gap={4} mt="md">
          <Text size="sm">{t.recent}</Text>
          {ids.map((id) => (
            <Anchor key={id} component={Link} href={`/people/${encodeURIComponent(id)}`}>
              {id}
            </Anchor>
          ))}
        </Stack>
      )}
    </Empty>
  );
}
