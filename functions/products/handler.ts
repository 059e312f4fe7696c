import { tableOf } from '../../adapters/aws/services.ts';
import { streamEdge } from '../edge.ts';
import { makeProducts } from './products.ts';

export const handler = streamEdge('products', (aws) =>
  makeProducts({ ...aws.base, streams: {}, tables: { products: tableOf(aws, 'products') } }),
);
