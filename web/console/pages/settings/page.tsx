import { Alert, Button, Card, Group, Select, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Audit } from './audit.tsx';
import { words } from './words.ts';

const roles = ['viewer', 'marketer', 'admin', 'privacy'] as const;

export default function SettingsPage() {
  const t = useWords(words);
  const { data: me, error } = useAsk(['me'], (call, signal) => call('GET /api/me', {}, signal));
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t.title}
        </Title>
        <Text c="dimmed" mih={24}>
          {me && t.youAre(me.role, me.tenant)}
        </Text>
      </div>
      {error && <Problem error={error} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder>
          <Title order={2} size="h4" mb="sm">
            {t.roles}
          </Title>
          <Table>
            <Table.Tbody>
              {roles.map((role) => (
                <Table.Tr key={role}>
                  <Table.Td fw={600}>{role}</Table.Td>
                  <Table.Td>{t[role]}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
        {me?.role === 'admin' && <Invite />}
      </SimpleGrid>
      {me && (me.role === 'admin' ? <Audit /> : <Alert>{t.notAdmin}</Alert>)}
    </Stack>
  );
}

function Invite() {
  const t = useWords(words);
  const [role, setRole] = useState<(typeof roles)[number]>('viewer');
  const [link, setLink] = useState<string>();
  const [error, setError] = useState<Error>();
  const make = async (): Promise<void> => {
    try {
      const { login } = await api.call('POST /api/logins', { body: { role } });
      setLink(`${location.origin}/#login=${login}`);
      setError(undefined);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  return (
    <Card withBorder>
      <Stack>
        <div>
          <Title order={2} size="h4">
            {t.invite}
          </Title>
          <Text size="sm" c="dimmed">
            {t.inviteHow}
          </Text>
        </div>
        <Group align="end">
          <Select
            label={t.role}
            value={role}
            allowDeselect={false}
            data={[...roles]}
            onChange={(value) => setRole(roles.find((one) => one === value) ?? 'viewer')}
          />
          <Button onClick={() => void make()}>{t.makeLink}</Button>
        </Group>
        {error && <Problem error={error} />}
        {link !== undefined && <Copy text={link} label={t.link} />}
      </Stack>
    </Card>
  );
}
