import { streamOf, tableOf } from '../../adapters/aws/services.ts';
import { scheduleEdge } from '../edge.ts';
import { makeSweep } from './sweep.ts';

export const handler = scheduleEdge('sweep', (aws) => {
  const sweep = makeSweep({
    ...aws.base,
    streams: { memberships: streamOf(aws, 'memberships') },
    tables: { profiles: tableOf(aws, 'profiles'), segments: tableOf(aws, 'segments') },
  });
  return async () => ({ ...(await sweep()) });
});
