/** All versions of a model, newest first. */
import { Anchor, Badge, Table } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { WideTable } from '../../parts/wide-table.tsx';
import { words } from './words.ts';

interface VersionsProps {
  readonly model: Reply<'GET /api/models/{name}'>;
  /** The version that is looked at. */
  readonly shown: string;
  readonly onShow: (version: string) => void;
}

/** As many figures as a row can hold. */
const FIGURES = 2;

export function Versions({ model: { champion, versions }, shown, onShow }: VersionsProps) {
  const t = useWords(words);
  const format = useFormat();
  const figures = Object.keys(versions[0]?.metrics ?? {}).slice(0, FIGURES);
  return (
    <WideTable label={t.versions} minWidth={640} maxHeight={320}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.version}</Table.Th>
            <Table.Th>{t.trained}</Table.Th>
            <Table.Th>{t.verdict}</Table.Th>
            {figures.map((figure) => (
              <Table.Th key={figure} ta="right">
                {figure}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: 'tabular-nums' }}>
          {versions.map(({ version, createdAt, gate, metrics }) => (
            <Table.Tr key={version} {...(version === shown && { bg: 'var(--mantine-color-default-hover)' })}>
              <Table.Th scope="row">
                <Anchor component="button" type="button" size="sm" onClick={() => onShow(version)}>
                  {version}
                </Anchor>
              </Table.Th>
              <Table.Td>{format.moment(createdAt)}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={gate.passed ? 'teal' : 'red'}>
                  {version === champion ? t.serves : gate.passed ? t.passed : t.refused}
                </Badge>
              </Table.Td>
              {figures.map((figure) => {
                const estimate = metrics[figure];
                return (
                  <Table.Td key={figure} ta="right">
                    {estimate ? format.number(estimate.value, 4) : '—'}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </WideTable>
  );
}
