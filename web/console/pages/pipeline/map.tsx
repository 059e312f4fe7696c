/** The chain as a picture: functions with rate and lag, the streams between them, and what runs beside. */
import { Box, Card, Group, ScrollArea, Stack, Text, Title } from '@mantine/core';
import type { Reply } from '../../../api/client.ts';
import { useWords } from '../../language.tsx';
import { useFormat } from '../../parts/format.ts';
import { type ChainFunction, layoutOf, type Node } from './layout.ts';
import { ratesOf } from './rate.ts';
import { useTimes } from './times.ts';
import { words } from './words.ts';

type Pipeline = Reply<'GET /api/pipeline'>;

const WIDE = { function: 122, stream: 92 } as const;
const TALL = { function: 58, stream: 30 } as const;
const GAP = 15;
const ROW = 74;
/** Smaller than this, texts are hard to read. */
const LEAST_SCALE = 0.85;
/** Lag from which a function is drawn as late, s: the longest batching window on AWS, twice. */
const LATE = 120;

/** Columns of functions and of streams take turns. */
const left = (column: number): number =>
  Math.ceil(column / 2) * WIDE.function + Math.floor(column / 2) * WIDE.stream + column * GAP + 1;
const middle = (row: number): number => row * ROW + ROW / 2;

export function ChainMap({
  functions,
  pipeline,
}: {
  functions: readonly ChainFunction[];
  pipeline: Pipeline;
}) {
  const t = useWords(words);
  const { nodes, columns, rows, beside } = layoutOf(functions);
  const [width, height] = [left(columns), rows * ROW];
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        {t.map}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t.mapHow}
      </Text>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t.map }}>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          style={{ display: 'block', width: '100%', minWidth: width * LEAST_SCALE, maxWidth: width }}
          aria-hidden="true"
        >
          {nodes.map((node) => (
            <Arrow key={`${node.kind} ${node.name}`} node={node} from={nodes.find(precedes(node))} />
          ))}
          {nodes.map((node) =>
            node.kind === 'stream' ? (
              <StreamBox key={node.name} node={node} />
            ) : (
              <FunctionBox key={node.name} node={node} pipeline={pipeline} functions={functions} />
            ),
          )}
        </svg>
      </ScrollArea>
      <Beside functions={beside} />
    </Card>
  );
}

const precedes =
  ({ after, kind }: Node) =>
  (other: Node): boolean =>
    other.name === after && other.kind !== kind;

function Arrow({ node, from }: { node: Node; from: Node | undefined }) {
  if (!from) return null;
  const start = left(from.column) + WIDE[from.kind];
  const end = left(node.column);
  const half = (start + end) / 2;
  const path = `M${start} ${middle(from.row)}H${half}V${middle(node.row)}H${end}`;
  return <path d={path} fill="none" stroke="var(--mantine-color-dimmed)" strokeWidth={1.5} />;
}

function StreamBox({ node: { name, column, row } }: { node: Node }) {
  const y = middle(row) - TALL.stream / 2;
  return (
    <g>
      <rect
        x={left(column)}
        y={y}
        width={WIDE.stream}
        height={TALL.stream}
        rx={TALL.stream / 2}
        fill="var(--mantine-color-default-hover)"
        stroke="var(--mantine-color-default-border)"
      />
      <Line x={left(column) + WIDE.stream / 2} y={middle(row) + 4} size={12} text={name} />
    </g>
  );
}

interface FunctionBoxProps {
  readonly node: Node;
  readonly pipeline: Pipeline;
  readonly functions: readonly ChainFunction[];
}

function FunctionBox({ node: { name, column, row }, pipeline, functions }: FunctionBoxProps) {
  const t = useWords(words);
  const format = useFormat();
  const time = useTimes();
  const stream = functions.find((one) => one.name === name)?.trigger.stream;
  const { accepted, clean } = ratesOf(pipeline);
  // Later streams carry people, not events; the ledger counts events.
  const rate =
    stream === undefined || stream === 'clickstream' ? accepted : stream === 'events' ? clean : undefined;
  const behind = pipeline.functions.find((one) => one.function === name)?.secondsBehind;
  const [x, y] = [left(column), middle(row) - TALL.function / 2];
  const centre = x + WIDE.function / 2;
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={WIDE.function}
        height={TALL.function}
        rx={8}
        fill="var(--mantine-color-body)"
        stroke={(behind ?? 0) > LATE ? 'var(--mantine-color-orange-6)' : 'var(--mantine-color-teal-7)'}
        strokeWidth={1.5}
      />
      <Line x={centre} y={y + 19} size={14} weight={700} text={name} />
      {rate !== undefined && (
        <Line x={centre} y={y + 35} size={12} text={t.perSecond(format.number(rate, rate < 10 ? 1 : 0))} />
      )}
      {behind !== undefined && (
        <Line
          x={centre}
          y={y + 50}
          size={11}
          text={behind < 1 ? t.upToDate : t.behind(time(behind))}
          dimmed
        />
      )}
    </g>
  );
}

interface LineProps {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly text: string;
  readonly weight?: number;
  readonly dimmed?: boolean;
}

function Line({ x, y, size, text, weight = 400, dimmed = false }: LineProps) {
  const fill = dimmed ? 'var(--mantine-color-dimmed)' : 'var(--mantine-color-text)';
  return (
    <text x={x} y={y} fontSize={size} fontWeight={weight} textAnchor="middle" fill={fill}>
      {text}
    </text>
  );
}

/** What the picture cannot hold, and every function in words, also for those who do not see it. */
function Beside({ functions }: { functions: readonly ChainFunction[] }) {
  const t = useWords(words);
  const when = ({ trigger }: ChainFunction): string => {
    if (trigger.everyMinutes !== undefined) return t.everyMinutes(trigger.everyMinutes);
    return trigger.kind === 'http' ? t.onRequest : t.nightly;
  };
  return (
    <Box mt="md">
      <Text size="sm" fw={600} mb={4}>
        {t.beside}
      </Text>
      <Stack gap={4}>
        {functions.map((one) => (
          <Group key={one.name} gap="xs" align="baseline">
            <Text size="sm" fw={600}>
              {one.name}
            </Text>
            <Text size="sm" c="dimmed">
              {when(one)} · {one.does}
            </Text>
          </Group>
        ))}
      </Stack>
    </Box>
  );
}
