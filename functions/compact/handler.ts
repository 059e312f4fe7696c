import { lakeOf } from '../../adapters/aws/lake.ts';
import { objectsOf } from '../../adapters/aws/services.ts';
import { scheduleEdge } from '../edge.ts';
import { makeCompact } from './compact.ts';

export const handler = scheduleEdge('compact', (aws) => {
  const services = { ...aws.base, streams: {}, tables: {}, objects: objectsOf(aws), lake: lakeOf(aws) };
  const compact = makeCompact(services);
  return async () => ({ ...(await compact()) });
});
