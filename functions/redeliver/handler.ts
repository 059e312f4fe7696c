import { objectsOf, tableOf } from '../../adapters/aws/services.ts';
import { HttpsSender } from '../../adapters/outbound/https-sender.ts';
import { scheduleEdge } from '../edge.ts';
import { makeRedeliver } from './redeliver.ts';

export const handler = scheduleEdge('redeliver', (aws) => {
  const redeliver = makeRedeliver({
    ...aws.base,
    streams: {},
    tables: {
      destinations: tableOf(aws, 'destinations'),
      profiles: tableOf(aws, 'profiles'),
      suppression: tableOf(aws, 'suppression'),
      vault: tableOf(aws, 'vault'),
    },
    objects: objectsOf(aws),
    sender: new HttpsSender(),
    random: Math.random,
  });
  return async () => ({ ...(await redeliver()) });
});
