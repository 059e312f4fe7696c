import { streamOf, tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeSegment } from './segment.ts';

export const handler = streamEdge('segment', (aws) =>
  makeSegment({
    ...aws.base,
    streams: { memberships: streamOf(aws, 'memberships') },
    tables: { profiles: tableOf(aws, 'profiles'), segments: tableOf(aws, 'segments') },
  }),
);
