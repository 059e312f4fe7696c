import { Card, Stack, Table, Text, Title } from '@mantine/core';
import { useWords } from '../console/language.tsx';
import { useFormat } from '../console/parts/format.ts';
import type { OwnData } from './api.ts';
import { words } from './words.ts';

/** Traits, counts and ids. */
export function Known({ data: { profile, ids } }: { data: OwnData }) {
  const t = useWords(words);
  const format = useFormat();
  const traits = { ...profile.static.traits, ...profile.static.attributes };
  const counts = Object.entries(profile.dynamic.totals).filter(([, count]) => count !== 0);
  return (
    <Card withBorder component="section">
      <Stack>
        <Title order={2} size="h4">
          {t.known}
        </Title>
        <Facts title={t.said} rows={Object.entries(traits).map(([name, value]) => [name, textOf(value)])} />
        <Facts title={t.did} rows={counts.map(([name, count]) => [name, format.number(count, 2)])} />
        <Facts title={t.ids} rows={[...ids.userIds, ...ids.anonymousIds].map((id) => [id, ''])} />
      </Stack>
    </Card>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function Facts({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  const t = useWords(words);
  return (
    <div>
      <Title order={3} size="h5">
        {title}
      </Title>
      {rows.length === 0 && <Text>{t.nothing}</Text>}
      {rows.length > 0 && (
        <Table style={{ overflowWrap: 'anywhere' }}>
          <Table.Tbody>
            {rows.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}
