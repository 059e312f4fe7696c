import { streamOf, tableOf } from '../../adapters/aws/services.ts';
import { makeCheck } from '../clean/check.ts';
import { httpEdge } from '../edge.ts';
import { makeCollect } from './collect.ts';

/** The built tag; the bundler puts its text here. */
declare const WELLSPRING_TAG: string;

export const handler = httpEdge('collect', (aws) =>
  makeCollect({
    services: {
      ...aws.base,
      streams: { clickstream: streamOf(aws, 'clickstream') },
      tables: { sources: tableOf(aws, 'sources'), suppression: tableOf(aws, 'suppression') },
    },
    tag: WELLSPRING_TAG,
    check: makeCheck(aws.base.secret),
    // One environment knows nothing of the others: what cannot be stored is refused request by request.
    healthy: () => true,
  }),
);
