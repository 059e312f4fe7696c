/** The account of all events: what was accepted, and what became of it. */
import {
  Badge,
  Card,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Table,
  Text,
  Title,
} from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

export type Books = Reply<'GET /api/ledger'>;
export type Span = 'day' | 'all';

const kinds = ['accepted', 'applied', 'duplicates', 'quarantined', 'suppressed'] as const;

interface LedgerProps {
  readonly books: Books | undefined;
  readonly error: Error | null;
  readonly span: Span;
  readonly onSpan: (span: Span) => void;
}

export function Ledger({ books, error, span, onSpan }: LedgerProps) {
  const t = useWords(words);
  return (
    <Card withBorder component="section" aria-label={t.ledger}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t.ledger}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t.ledger}
          value={span}
          onChange={(value) => onSpan(value === 'all' ? 'all' : 'day')}
          data={[
            { value: 'day', label: t.day },
            { value: 'all', label: t.all },
          ]}
        />
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t.ledgerHow}
      </Text>
      {error && <Problem error={error} />}
      {books ? <Account books={books} /> : !error && <Skeleton height={180} aria-label={t.ledger} />}
    </Card>
  );
}

function Account({ books: { totals, inFlight, balanced, sources } }: { books: Books }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} mb="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {kinds.map((kind) => (
          <Total key={kind} name={t[kind]} count={format.number(totals[kind])} />
        ))}
        <Total name={t.inFlight} count={format.number(inFlight)} />
      </SimpleGrid>
      <Badge color={balanced ? 'teal' : 'yellow'} variant="light" mb="xs">
        {balanced ? t.balanced : t.open(format.number(inFlight))}
      </Badge>
      {sources.length > 1 && (
        <WideTable label={t.ledger} minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.source}</Table.Th>
                {kinds.map((kind) => (
                  <Table.Th key={kind} ta="right">
                    {t[kind]}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody style={{ fontVariantNumeric: 'tabular-nums' }}>
              {sources.map((source) => (
                <Table.Tr key={source.source}>
                  <Table.Th scope="row">{source.source}</Table.Th>
                  {kinds.map((kind) => (
                    <Table.Td key={kind} ta="right">
                      {format.number(source[kind])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
    </>
  );
}

function Total({ name, count }: { name: string; count: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={700} size="lg">
        {count}
      </Text>
    </div>
  );
}
