/** Where each function and stream of the chain is drawn: columns by how far data have walked, one row per end. */
import type { Reply } from '../../../api/client.ts';

export type ChainFunction = Reply<'GET /api/chain'>['functions'][number];

export interface Node {
  readonly kind: 'function' | 'stream';
  readonly name: string;
  readonly column: number;
  /** In the middle of the rows of what follows it. */
  readonly row: number;
  /** Name of what it follows; undefined for the first. */
  readonly after: string | undefined;
}

export interface Layout {
  readonly nodes: readonly Node[];
  readonly columns: number;
  readonly rows: number;
  /** Functions that no stream triggers, other than the one that takes events in. */
  readonly beside: readonly ChainFunction[];
}

const streamsOf = (resources: readonly string[]): string[] =>
  resources.flatMap((resource) => (resource.startsWith('stream:') ? [resource.slice(7)] : []));

/** The function that takes events in: asked over HTTP, it writes a stream and reads none. */
const isEntry = ({ trigger, reads, writes }: ChainFunction): boolean =>
  trigger.kind === 'http' && streamsOf(writes).length > 0 && streamsOf(reads).length === 0;

export function layoutOf(functions: readonly ChainFunction[]): Layout {
  const nodes: Node[] = [];
  const drawn = new Set<string>();
  let rows = 0;
  /** Draws what follows, then the node in the middle of it; returns its row. */
  const place = (node: Omit<Node, 'row'>, next: () => number[]): number => {
    drawn.add(`${node.kind}:${node.name}`);
    const below = next();
    const [first] = below;
    const row = first === undefined ? rows++ : (first + (below.at(-1) ?? first)) / 2;
    nodes.push({ ...node, row });
    return row;
  };
  const placeFunction = ({ name, writes }: ChainFunction, column: number, after?: string): number =>
    place({ kind: 'function', name, column, after }, () =>
      streamsOf(writes)
        .filter((stream) => !drawn.has(`stream:${stream}`))
        .map((stream) => placeStream(stream, column + 1, name)),
    );
  const placeStream = (name: string, column: number, after: string): number =>
    place({ kind: 'stream', name, column, after }, () =>
      functions
        .filter(({ trigger }) => trigger.stream === name)
        .map((reader) => placeFunction(reader, column + 1, name)),
    );
  for (const entry of functions.filter(isEntry)) placeFunction(entry, 0);
  return {
    nodes,
    columns: Math.max(0, ...nodes.map(({ column }) => column)) + 1,
    rows,
    beside: functions.filter(({ name }) => !drawn.has(`function:${name}`)),
  };
}
