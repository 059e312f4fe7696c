/** A segment while it is made: name, rule, and who belongs to it now. */
import { Anchor, Button, Group, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { QueryBuilder, type RuleGroupType } from 'react-querybuilder';
import 'react-querybuilder/dist/query-builder.css';
import './builder.css';
import { Link } from 'wouter';
import type { Reply } from '../../../api/client.ts';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { SidePanel } from '../../parts/dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { Action, Choice, Not, Value } from './controls.tsx';
import { CountText } from './count.tsx';
import { type Draft, fieldsIn, ruleOf, toField } from './query.ts';
import { words } from './words.ts';

const DEBOUNCE_MS = 300;
const controls = { valueSelector: Choice, valueEditor: Value, actionElement: Action, notToggle: Not };
const wrapping = { queryBuilder: 'queryBuilder-responsive' };
const life = [
  'events',
  'pageViews',
  'productViews',
  'cartAdds',
  'checkouts',
  'orders',
  'revenue',
  'net',
  'averageOrder',
];
const windows = ['events', 'pageViews', 'productViews', 'cartAdds', 'orders', 'revenue'];
const others = [
  ...['lastSeen', 'firstSeen', 'lastOrder'].map((name) => `since:${name}`),
  ...['purchase', 'churn', 'nextOrderValue'].map((name) => `score:${name}`),
  ...['lifecycle', 'persona'].map((name) => `class:${name}`),
];

export type Names = Reply<'GET /api/segments/ready'>['names'];

function useFields(query: RuleGroupType, names: Names) {
  const t = useWords(words);
  const { contains, startsWith, in: within, exists } = t;
  const signs = {
    eq: '=',
    ne: '≠',
    gt: '>',
    gte: '≥',
    lt: '<',
    lte: '≤',
    contains,
    startsWith,
    in: within,
    exists,
  };
  const all = [
    ...life.map((name) => `count:${name}`),
    ...[7, 30].flatMap((days) => windows.map((name) => `window:${name}:${days}`)),
    ...others,
    ...names.traits.map((name) => `trait:${name}`),
    ...names.attributes.map((name) => `attribute:${name}`),
    ...fieldsIn(query),
  ];
  const label = (field: string): string => {
    const [kind = '', of = '', days = ''] = field.split(':');
    if (kind === 'window') return t.window(of, days);
    const say = {
      count: t.count,
      since: t.since,
      trait: t.trait,
      attribute: t.attribute,
      affinity: t.affinity,
      score: t.score,
      class: t.class,
    }[kind];
    return say ? say(field.slice(kind.length + 1)) : field;
  };
  return [...new Set(all)].map((name) => toField(name, label(name), signs));
}

/** What the library's controls say. */
function useSpoken() {
  const t = useWords(words);
  const button = (title: string, label = title) => ({ title, label });
  return {
    combinators: [
      { name: 'and', label: t.and },
      { name: 'or', label: t.or },
    ],
    translations: {
      fields: { title: t.field },
      operators: { title: t.operator },
      value: { title: t.value },
      combinators: { title: t.combinator },
      notToggle: button(t.not),
      addRule: button(t.addRule),
      addGroup: button(t.addGroup),
      removeRule: button(t.removeRule, '×'),
      removeGroup: button(t.removeGroup, '×'),
    },
  };
}

interface BuilderProps {
  readonly draft: Draft | undefined;
  readonly names: Names;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

export function Builder({ draft, onClose, ...rest }: BuilderProps) {
  const t = useWords(words);
  return (
    <SidePanel opened={draft !== undefined} onClose={onClose} title={draft?.segment?.name ?? t.make}>
      {draft && <Editor draft={draft} {...rest} />}
    </SidePanel>
  );
}

function Editor({ draft, names, onSaved }: Omit<BuilderProps, 'draft' | 'onClose'> & { draft: Draft }) {
  const t = useWords(words);
  const [name, setName] = useState(draft.name);
  const [query, setQuery] = useState(draft.query);
  const [error, setError] = useState<Error>();
  const fields = useFields(query, names);
  const spoken = useSpoken();
  const save = async (): Promise<void> => {
    const { segment } = draft;
    const body = { name, rule: ruleOf(query), description: segment?.description ?? '' };
    try {
      if (segment) {
        const headers = { 'if-match': `"${segment.version}"` };
        await api.call('PUT /api/segments/{id}', { path: { id: segment.id }, headers, body });
      } else await api.call('POST /api/segments', { body });
      onSaved();
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  return (
    <Stack>
      <TextInput
        label={t.name}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        data-autofocus
      />
      <Title order={3} size="h5">
        {t.builder}
      </Title>
      <div style={{ overflowX: 'auto' }}>
        <QueryBuilder
          fields={fields}
          query={query}
          onQueryChange={setQuery}
          showNotToggle
          controlElements={controls}
          controlClassnames={wrapping}
          {...spoken}
        />
      </div>
      <Preview query={query} />
      {error && <Problem error={error} />}
      <Group justify="end">
        <Button onClick={() => void save()} disabled={name.trim() === ''}>
          {t.save}
        </Button>
      </Group>
    </Stack>
  );
}

/** Asks when nobody has typed for a moment; the last answer stands until the next. */
function Preview({ query }: { query: RuleGroupType }) {
  const t = useWords(words);
  const format = useFormat();
  const text = JSON.stringify(ruleOf(query));
  const [settled] = useDebouncedValue(text, DEBOUNCE_MS);
  const { data, error } = useAsk(
    ['segment-preview', settled],
    (call, signal) => call('POST /api/segments/preview', { body: { rule: JSON.parse(settled) } }, signal),
    { retry: false },
  );
  return (
    <Stack gap="xs" mih={420}>
      <Text size="xl" fw={700} aria-live="polite">
        {data ? <CountText count={data.count} /> : '…'}
      </Text>
      {error && <Problem error={error} />}
      <Title order={3} size="h5">
        {t.preview}
      </Title>
      {!data && !error && <Skeleton height={320} aria-label={t.preview} />}
      {data?.people.length === 0 && <Text c="dimmed">{t.noPeople}</Text>}
      {data && data.people.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              {[t.name, t.lastSeen, t.orders].map((label) => (
                <Table.Th key={label}>{label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.people.map(({ profileId, name, userId, lastSeen, orders }) => (
              <Table.Tr key={profileId}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <Anchor component={Link} href={`/people/${profileId}`} size="sm" underline="always">
                    {name ?? userId ?? profileId.slice(0, 8)}
                  </Anchor>
                </Table.Td>
                <Table.Td>{lastSeen === undefined ? '—' : format.moment(lastSeen)}</Table.Td>
                <Table.Td>{format.number(orders)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
