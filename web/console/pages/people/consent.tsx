import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reply } from '../../../api/client.ts';
import { api, useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { useFormat } from '../../parts/format.ts';
import { WideTable } from '../../parts/wide-table.tsx';
import { OwnPageLink } from './own-page-link.tsx';
import type { PersonReply } from './person.tsx';
import { words } from './words.ts';

type ConsentReply = Reply<'GET /api/profiles/{id}/consent'>;

/** What the person agreed to, by purpose; a refusal can be noted for them. */
export function Consent({ id, consent }: { id: string; consent: PersonReply['profile']['consent'] }) {
  const t = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<string>();
  const { data: me } = useAsk(['me'], (call, signal) => call('GET /api/me', {}, signal));
  const mayNote = me !== undefined && me.role !== 'viewer';
  const choices = Object.entries(consent);
  const withdraw = async (purpose: string): Promise<void> => {
    await api.call('PUT /api/profiles/{id}/consent', {
      path: { id },
      body: { purposes: { [purpose]: false } },
    });
    await queries.invalidateQueries({ queryKey: ['person', id] });
  };
  return (
    <Stack>
      {choices.length === 0 && <Text c="dimmed">{t.noConsent}</Text>}
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
              <Table.Td>
                {granted && mayNote && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`${t.withdraw}: ${purpose}`}
                    onClick={() => setAsked(purpose)}
                  >
                    {t.withdraw}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <History id={id} />
      {mayNote && <OwnPageLink id={id} />}
      <Confirm
        asked={asked}
        title={t.withdraw}
        text={t.withdrawHow}
        onClose={() => setAsked(undefined)}
        act={withdraw}
      />
    </Stack>
  );
}

function History({ id }: { id: string }) {
  const t = useWords(words);
  const { data } = useAsk(['person-consent', id], (call, signal) =>
    call('GET /api/profiles/{id}/consent', { path: { id } }, signal),
  );
  if (!data || data.history.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h5">
        {t.consentHistory}
      </Title>
      <WideTable label={t.consentHistory} minWidth={520} maxHeight={320}>
        <Entries history={data.history} />
      </WideTable>
    </div>
  );
}

function Entries({ history }: { history: ConsentReply['history'] }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <Table stickyHeader>
      <Table.Thead>
        <Table.Tr>
          {[t.purpose, t.answer, t.answered, t.signals, t.wording].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {history.toReversed().map((said) => (
          <Table.Tr
            key={`${said.purpose} ${said.granted} ${said.decidedAt ?? said.firstSaid} ${said.source} ${said.wording}`}
          >
            <Table.Td>{said.purpose}</Table.Td>
            <Table.Td>{said.granted ? t.granted : t.refused}</Table.Td>
            <Table.Td>
              {said.decidedAt === undefined
                ? t.saidUntil(format.moment(said.firstSaid), format.moment(said.lastSaid))
                : format.moment(said.decidedAt)}
            </Table.Td>
            <Table.Td>
              <Group gap={4}>
                {said.source}: {said.signals.join(', ')}
              </Group>
            </Table.Td>
            <Table.Td>{said.wording ?? '—'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
