import { objectsOf } from '../../adapters/aws/services.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { streamEdge } from '../edge.ts';
import { makeArchive } from './archive.ts';

export const handler = streamEdge('archive', (aws) => {
  const objects = objectsOf(aws);
  const lake = new DuckLake({ objects, scratch: '/tmp', memory: '1GB' });
  return makeArchive({ ...aws.base, streams: {}, tables: {}, objects, lake });
});
