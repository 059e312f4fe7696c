/** What stands between the functions and their stores on one machine: nothing, or the faults of a proof. */
import type { Objects, Stream, StreamStep, Table } from '../domain/ports.ts';
import type { TableName } from '../functions/chain.ts';

export interface Ports {
  stream(inner: Stream): Stream;
  table(inner: Table, name: TableName): Table;
  objects(inner: Objects): Objects;
  step(inner: StreamStep): StreamStep;
}

const plain: Ports = {
  stream: (inner) => inner,
  table: (inner) => inner,
  objects: (inner) => inner,
  step: (inner) => inner,
};

interface PortsModule {
  /** `thread`: name of the function, or `collect` for the thread that answers requests. */
  readonly ports: (thread: string) => Ports;
}

/** `module`: URL of a file that exports `ports`; undefined: nothing stands between. */
export async function portsOf(module: string | undefined, thread: string): Promise<Ports> {
  if (module === undefined) return plain;
  const loaded: PortsModule = await import(module);
  return loaded.ports(thread);
}
