import { endpointOf, objectsOf, tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeScore } from './score.ts';

export const handler = streamEdge(
  'score',
  (aws) =>
    makeScore({
      ...aws.base,
      streams: {},
      tables: { profiles: tableOf(aws, 'profiles') },
      objects: objectsOf(aws),
      endpoint: endpointOf(aws, 'behaviour'),
    }).step,
);
