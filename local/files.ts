/** Where things lie in a data folder. */
import { join } from 'node:path';
import type { FunctionName, StreamName, TableName } from '../functions/chain.ts';

export const files = {
  stream: (data: string, name: StreamName): string => join(data, 'streams', `${name}.db`),
  table: (data: string, name: TableName): string => join(data, 'tables', `${name}.db`),
  checkpoints: (data: string, name: FunctionName): string => join(data, 'checkpoints', `${name}.db`),
  lake: (data: string): string => join(data, 'lake'),
  scratch: (data: string): string => join(data, 'scratch'),
  /** Address of the running host, for the other commands. */
  host: (data: string): string => join(data, 'host.json'),
  /** How far the demo's past was brought in. */
  demo: (data: string): string => join(data, 'demo.json'),
} as const;
