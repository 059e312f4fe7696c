import { lakeOf } from '../../adapters/aws/lake.ts';
import { objectsOf, tableOf } from '../../adapters/aws/services.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { workflowEdge } from '../edge.ts';
import { makeRetrain } from './retrain.ts';

/** The GPU trainer; the bundler puts its text here. */
declare const WELLSPRING_TRAINER: string;

export const handler = workflowEdge('retrain', (aws) =>
  makeRetrain({
    ...aws.base,
    streams: {},
    tables: { profiles: tableOf(aws, 'profiles') },
    objects: objectsOf(aws),
    lake: lakeOf(aws),
    code: packageFile.version,
    trainer: WELLSPRING_TRAINER,
    onProgress: () => {},
  }),
);
