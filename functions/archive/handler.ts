import { lakeOf } from '../../adapters/aws/lake.ts';
import { objectsOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeArchive } from './archive.ts';

export const handler = streamEdge('archive', (aws) =>
  makeArchive({ ...aws.base, streams: {}, tables: {}, objects: objectsOf(aws), lake: lakeOf(aws) }),
);
