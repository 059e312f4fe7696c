/** The lake for functions that have DuckDB as a layer. A file of its own, so that the others do not carry it. */
import { tmpdir } from 'node:os';
import { entryOf, type FunctionName } from '../../functions/chain.ts';
import { DuckLake } from '../lake/duckdb.ts';
import { type Aws, objectsOf } from './services.ts';

/** Lambda gives one processor per so many megabytes. */
const PROCESSOR_MB = 1769;

/** DuckDB may use half of the function's memory; the rest is for Node and the files in hand. */
export function lakeOf<F extends FunctionName>(aws: Aws<F>): DuckLake {
  // A stage may give other memory than the map says; Lambda tells.
  const memoryMb = Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? entryOf(aws.name).memoryMb);
  return new DuckLake({
    objects: objectsOf(aws),
    scratch: tmpdir(),
    memory: `${Math.floor(memoryMb / 2)}MB`,
    threads: Math.ceil(memoryMb / PROCESSOR_MB),
  });
}
