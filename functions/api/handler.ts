import { lakeOf } from '../../adapters/aws/lake.ts';
import { endpointOf, objectsOf, streamOf, tableOf, tailOf } from '../../adapters/aws/services.ts';
import { makeCheck } from '../clean/check.ts';
import { httpEdge } from '../edge.ts';
import { makeApi } from './api.ts';

export const handler = httpEdge('api', (aws) =>
  makeApi({
    ...aws.base,
    runsOn: 'aws',
    streams: { clickstream: streamOf(aws, 'clickstream') },
    tables: {
      sources: tableOf(aws, 'sources'),
      access: tableOf(aws, 'access'),
      profiles: tableOf(aws, 'profiles'),
      ledger: tableOf(aws, 'ledger'),
      products: tableOf(aws, 'products'),
      segments: tableOf(aws, 'segments'),
      vault: tableOf(aws, 'vault'),
      destinations: tableOf(aws, 'destinations'),
      privacy: tableOf(aws, 'privacy'),
      suppression: tableOf(aws, 'suppression'),
    },
    objects: objectsOf(aws),
    lake: lakeOf(aws),
    endpoint: endpointOf(aws, 'behaviour'),
    arriving: tailOf(aws, 'clickstream'),
    check: makeCheck(aws.base.secret),
  }),
);
