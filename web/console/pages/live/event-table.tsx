/** The newest events. The box keeps its height, so that nothing below it moves. */
import { Badge, ScrollArea, Table, Text, UnstyledButton } from '@mantine/core';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import type { LiveEvent } from './feed.ts';
import { words } from './words.ts';

export const colorOf = { clean: 'teal', quarantined: 'red', suppressed: 'gray' } as const;

interface EventTableProps {
  readonly events: readonly LiveEvent[];
  readonly onOpen: (event: LiveEvent) => void;
}

export function EventTable({ events, onOpen }: EventTableProps) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <ScrollArea
      h="calc(100vh - 330px)"
      mih={320}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t.title }}
    >
      <Table stickyHeader highlightOnHover verticalSpacing={6} layout="fixed" miw={440}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={96}>{t.time}</Table.Th>
            <Table.Th>{t.event}</Table.Th>
            <Table.Th>{t.who}</Table.Th>
            <Table.Th w={110} visibleFrom="sm">
              {t.source}
            </Table.Th>
            <Table.Th w={130}>{t.outcome}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.slice(0, 120).map((event) => (
            <Table.Tr key={event.receipt} onClick={() => onOpen(event)} style={{ cursor: 'pointer' }}>
              <Table.Td>{format.time(event.at)}</Table.Td>
              <Table.Td>
                <UnstyledButton onClick={() => onOpen(event)} w="100%" display="block">
                  <Text size="sm" fw={500} truncate>
                    {event.event ?? event.reason ?? event.outcome}
                  </Text>
                </UnstyledButton>
              </Table.Td>
              <Table.Td>
                <Text size="sm" truncate>
                  {event.userId ?? event.anonymousId ?? '—'}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{event.source}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={colorOf[event.outcome]}>
                  {t[event.outcome]}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
