/** A table that scrolls sideways by itself where the page is narrower, also by keyboard. */
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface WideTableProps {
  /** Names the table for those who do not see it. */
  readonly label: string;
  readonly minWidth: number;
  readonly maxHeight?: number;
  readonly children: ReactNode;
}

export function WideTable({ label, children, ...size }: WideTableProps) {
  const viewportProps = { tabIndex: 0, role: 'region', 'aria-label': label };
  return (
    <Table.ScrollContainer {...size} scrollAreaProps={{ viewportProps }}>
      {children}
    </Table.ScrollContainer>
  );
}
