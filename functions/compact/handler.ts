import { objectsOf } from '../../adapters/aws/services.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { scheduleEdge } from '../edge.ts';
import { makeCompact } from './compact.ts';

export const handler = scheduleEdge('compact', (aws) => {
  const objects = objectsOf(aws);
  const lake = new DuckLake({ objects, scratch: '/tmp', memory: '1500MB', threads: 2 });
  const compact = makeCompact({ ...aws.base, streams: {}, tables: {}, objects, lake });
  return async () => ({ ...(await compact()) });
});
