import { Badge, Card, Code, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useAsk } from '../../api.ts';
import { useWords } from '../../language.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

const AGAIN_MS = 3_000;
type Request = Reply<'GET /api/privacy/requests'>['requests'][number];

const colours: Readonly<Record<Request['state'], string>> = {
  initialised: 'gray',
  running: 'blue',
  partial: 'yellow',
  finished: 'teal',
  failed: 'red',
};

/** What people asked, newest first, with what was done. */
export function Requests() {
  const t = useWords(words);
  const { data, error } = useAsk(
    ['privacy-requests'],
    (call, signal) => call('GET /api/privacy/requests', { query: { limit: 50 } }, signal),
    { refetchInterval: AGAIN_MS },
  );
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {t.requests}
        </Title>
        {error && <Problem error={error} />}
        {!data && !error && <Skeleton role="status" height={120} aria-label={t.requests} />}
        {data && data.requests.length === 0 && <Empty title={t.noRequests}>{t.noRequestsHow}</Empty>}
        {data && data.requests.length > 0 && <List requests={data.requests} />}
      </Stack>
    </Card>
  );
}

function List({ requests }: { requests: readonly Request[] }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <WideTable label={t.requests} minWidth={640} maxHeight={480}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {[t.when, t.kind, t.state, t.how].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {requests.map((request) => (
            <Table.Tr key={request.id}>
              <Table.Td>{format.moment(request.createdAt)}</Table.Td>
              <Table.Td>{request.kind === 'erase' ? t.eraseKind : t.exportKind}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={colours[request.state]}>
                  {t[request.state]}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{request.says}</Text>
                {request.steps.length > 0 && <Steps steps={request.steps} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}

function Steps({ steps }: { steps: Request['steps'] }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <details>
      <summary>{t.steps}</summary>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {[t.step, t.state, t.scanned, t.changed, t.seconds].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map((step) => (
            <Table.Tr key={step.name}>
              <Table.Td>
                <Code>{step.name}</Code>
              </Table.Td>
              <Table.Td>{step.error ?? step.state}</Table.Td>
              <Table.Td>{format.number(step.counts.scanned)}</Table.Td>
              <Table.Td>{format.number(step.counts.changed + step.counts.rows)}</Table.Td>
              <Table.Td>{format.number(step.seconds, 1)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
