import { Badge, Table, Text } from '@mantine/core';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import type { PersonReply } from './person.tsx';
import { words } from './words.ts';

/** What the person agreed to, by purpose. */
export function Consent({ consent }: { consent: PersonReply['profile']['consent'] }) {
  const t = useWords(words);
  const format = useFormat();
  const choices = Object.entries(consent);
  if (choices.length === 0) return <Text c="dimmed">{t.noConsent}</Text>;
  return (
    <Table>
      <Table.Tbody>
        {choices.map(([purpose, { granted, at, source }]) => (
          <Table.Tr key={purpose}>
            <Table.Td>{purpose}</Table.Td>
            <Table.Td>
              <Badge variant="light" color={granted ? 'teal' : 'red'}>
                {granted ? t.granted : t.refused}
              </Badge>
            </Table.Td>
            <Table.Td>
              {t.since} {format.moment(at)}
            </Table.Td>
            <Table.Td>
              {t.by} {source}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
