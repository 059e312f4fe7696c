import { lakeOf } from '../../adapters/aws/lake.ts';
import { objectsOf, tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeArchive } from './archive.ts';

export const handler = streamEdge('archive', (aws) =>
  makeArchive({
    ...aws.base,
    streams: {},
    tables: { suppression: tableOf(aws, 'suppression') },
    objects: objectsOf(aws),
    lake: lakeOf(aws),
  }),
);
