import { objectsOf, streamOf, tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeClean } from './clean.ts';

export const handler = streamEdge('clean', (aws) =>
  makeClean({
    ...aws.base,
    streams: { events: streamOf(aws, 'events') },
    tables: {
      ledger: tableOf(aws, 'ledger'),
      statistics: tableOf(aws, 'statistics'),
      suppression: tableOf(aws, 'suppression'),
      vault: tableOf(aws, 'vault'),
    },
    objects: objectsOf(aws),
  }),
);
