/** Which ids belong to a person, and which stored profiles make the picture. */
import { Badge, Card, Code, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useWords } from '../../language.tsx';
import type { PersonReply } from './person.tsx';
import { words } from './words.ts';

const kinds = { user: 'trusted', claim: 'claimed', anonymous: 'device' } as const;

export function Identities({ person: { profile, items, merged } }: { person: PersonReply }) {
  const t = useWords(words);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Ids title={t.userIds} ids={profile.static.userIds} />
        <Ids title={t.anonymousIds} ids={profile.static.anonymousIds} />
        <Ids title={t.merged} ids={merged} />
      </SimpleGrid>
      <Text fw={600}>{t.stored}</Text>
      <Table>
        <Table.Tbody>
          {items.map(({ profileId, kind, version }) => (
            <Table.Tr key={profileId}>
              <Table.Td>
                <Code>{profileId}</Code>
              </Table.Td>
              <Table.Td>
                <Badge variant="light">{t[kinds[kind]]}</Badge>
              </Table.Td>
              <Table.Td>
                {t.version} {version}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function Ids({ title, ids }: { title: string; ids: readonly string[] }) {
  return (
    <Card withBorder>
      <Text size="sm" fw={600} mb="xs">
        {title}
      </Text>
      <Group gap={6}>
        {ids.length === 0 && <Text c="dimmed">—</Text>}
        {ids.map((id) => (
          <Code key={id} style={{ overflowWrap: 'anywhere' }}>
            {id}
          </Code>
        ))}
      </Group>
    </Card>
  );
}
