/**
 * What a function is given. The type follows the map: a step that uses a table its entry does not name
 * does not compile, and neither does a host that forgets to pass it.
 */
import type { Endpoint } from '../domain/endpoint.ts';
import type { Lake } from '../domain/lake.ts';
import type { Clock, Metrics, Objects, Stream, Table } from '../domain/ports.ts';
import type { chain, FunctionName } from './chain.ts';

type Used<F extends FunctionName> = (typeof chain)[F]['reads'][number] | (typeof chain)[F]['writes'][number];
type Named<R, Kind extends string> = R extends `${Kind}:${infer Name}` ? Name : never;

export interface Base {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Key for pseudonyms and fingerprints, at least 256 bits as hex. */
  readonly secret: string;
}

export type Services<F extends FunctionName> = Base & {
  readonly streams: { readonly [S in Named<(typeof chain)[F]['writes'][number], 'stream'>]: Stream };
  readonly tables: { readonly [T in Named<Used<F>, 'table'>]: Table };
} & ([Named<Used<F>, 'folder'>] extends [never] ? unknown : { readonly objects: Objects }) &
  ('events' extends Named<Used<F>, 'folder'> ? { readonly lake: Lake } : unknown) &
  ([Named<Used<F>, 'endpoint'>] extends [never] ? unknown : { readonly endpoint: Endpoint });
