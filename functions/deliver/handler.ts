import { objectsOf, tableOf } from '../../adapters/aws/services.ts';
import { HttpsSender } from '../../adapters/outbound/https-sender.ts';
import { streamEdge } from '../edge.ts';
import { makeDeliver } from './deliver.ts';

export const handler = streamEdge('deliver', (aws) =>
  makeDeliver({
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
  }),
);
