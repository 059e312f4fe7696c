/** For whom it is: a person by any id, or a visitor of whom only the items are known. */
import { Button, Group, MultiSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { words } from './words.ts';

export type Subject =
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'session'; readonly items: readonly string[] };

interface ChooseProps {
  readonly subject: Subject;
  readonly choose: (subject: Subject) => void;
}

export function ChooseSubject({ subject, choose }: ChooseProps) {
  const t = useWords(words);
  const as = (kind: string): void =>
    choose(kind === 'person' ? { kind, id: '' } : { kind: 'session', items: [] });
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t.who}
        value={subject.kind}
        onChange={as}
        data={[
          { value: 'person', label: t.person },
          { value: 'session', label: t.session },
        ]}
        w="fit-content"
      />
      {subject.kind === 'person' ? (
        <PersonField key={subject.id} id={subject.id} choose={choose} />
      ) : (
        <ItemsField items={subject.items} choose={choose} />
      )}
    </Stack>
  );
}

function PersonField({ id, choose }: { id: string; choose: ChooseProps['choose'] }) {
  const t = useWords(words);
  const [text, setText] = useState(id);
  const show = (event: FormEvent): void => {
    event.preventDefault();
    choose({ kind: 'person', id: text.trim() });
  };
  return (
    <Group component="form" onSubmit={show} align="end">
      <TextInput
        label={t.personId}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        style={{ flex: 1 }}
        maw={520}
      />
      <Button type="submit">{t.show}</Button>
    </Group>
  );
}

const FOUND = 20;

function ItemsField({ items, choose }: { items: readonly string[]; choose: ChooseProps['choose'] }) {
  const t = useWords(words);
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 200);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const { data } = useAsk(['products', search], (call, signal) =>
    call('GET /api/products', { query: { limit: FOUND, ...(search === '' ? {} : { search }) } }, signal),
  );
  const found = (data?.products ?? []).map(({ item, name }) => ({ value: item, label: name ?? item }));
  // What was chosen keeps its name while other words are searched for.
  const kept = items
    .filter((item) => !found.some(({ value }) => value === item))
    .map((item) => ({ value: item, label: names.get(item) ?? item }));
  const pick = (chosen: string[]): void => {
    setNames(new Map([...names, ...found.map(({ value, label }) => [value, label] as const)]));
    choose({ kind: 'session', items: chosen });
  };
  return (
    <Stack gap={4}>
      <MultiSelect
        label={t.items}
        placeholder={t.pick}
        data={[...kept, ...found]}
        value={[...items]}
        onChange={pick}
        searchable
        searchValue={text}
        onSearchChange={setText}
        nothingFoundMessage={t.none}
        maw={620}
      />
      {data?.products.length === 0 && search === '' && (
        <Text size="sm" c="dimmed">
          {t.noProducts}
        </Text>
      )}
    </Stack>
  );
}
