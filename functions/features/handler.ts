import { objectsOf, streamOf, tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeFeatures } from './features.ts';

export const handler = streamEdge('features', (aws) =>
  makeFeatures({
    ...aws.base,
    streams: { changes: streamOf(aws, 'changes') },
    tables: {
      profiles: tableOf(aws, 'profiles'),
      ledger: tableOf(aws, 'ledger'),
      suppression: tableOf(aws, 'suppression'),
    },
    objects: objectsOf(aws),
  }),
);
