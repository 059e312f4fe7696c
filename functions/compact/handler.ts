import { lakeOf } from '../../adapters/aws/lake.ts';
import { objectsOf, tableOf } from '../../adapters/aws/services.ts';
import { scheduleEdge } from '../edge.ts';
import { makeCompact } from './compact.ts';

export const handler = scheduleEdge('compact', (aws) => {
  const compact = makeCompact({
    ...aws.base,
    streams: {},
    tables: { suppression: tableOf(aws, 'suppression') },
    objects: objectsOf(aws),
    lake: lakeOf(aws),
  });
  return async () => ({ ...(await compact()) });
});
