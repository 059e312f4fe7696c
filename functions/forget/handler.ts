import { lakeOf } from '../../adapters/aws/lake.ts';
import { failuresOf, objectsOf, retentionOf, streamOf, tableOf } from '../../adapters/aws/services.ts';
import { scheduleEdge } from '../edge.ts';
import { makeForget } from './forget.ts';

export const handler = scheduleEdge('forget', (aws) => {
  const forget = makeForget({
    ...aws.base,
    streams: { memberships: streamOf(aws, 'memberships') },
    tables: {
      privacy: tableOf(aws, 'privacy'),
      suppression: tableOf(aws, 'suppression'),
      profiles: tableOf(aws, 'profiles'),
      segments: tableOf(aws, 'segments'),
      access: tableOf(aws, 'access'),
      statistics: tableOf(aws, 'statistics'),
      vault: tableOf(aws, 'vault'),
      destinations: tableOf(aws, 'destinations'),
    },
    objects: objectsOf(aws),
    lake: lakeOf(aws),
    failures: failuresOf(aws),
    retention: retentionOf(aws),
  });
  return async () => ({ ...(await forget()) });
});
