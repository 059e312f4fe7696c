/** What answers which request on one machine: the collector, the API, the pages. */

import type { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import { EmbeddedTail } from '../adapters/embedded/tail.ts';
import { makeApi } from '../functions/api/api.ts';
import type { ApiServices } from '../functions/api/route.ts';
import { makeCheck } from '../functions/clean/check.ts';
import { makeCollect } from '../functions/collect/collect.ts';
import type { Backlog } from './backlog.ts';
import type { Vouched } from './demo/people.ts';
import type { Application } from './http.ts';
import { asksForStream, liveStream } from './live.ts';
import { makePages } from './pages.ts';
import type { Ports } from './ports.ts';
import type { LocalServices } from './services.ts';

export interface Behind {
  readonly services: LocalServices;
  /** The text of `/tag.js`. */
  readonly tag: string;
  readonly backlog: Backlog;
  readonly arriving: EmbeddedStreamReader;
  /** What stands between the collector and its stream. */
  readonly ports: Ports;
  readonly writeKey: string;
  /** Demo people whom the shop's visitors can be. */
  readonly shoppers: readonly Vouched[];
  /** Told of new requests about people's data. */
  readonly onRequest: () => void;
}

export async function applications(behind: Behind): Promise<Application> {
  const { services, tag, ports, writeKey, shoppers } = behind;
  const { clock, metrics, secret } = services;
  const collect = makeCollect({
    services: {
      clock,
      metrics,
      secret,
      streams: { clickstream: ports.stream(services.stream('clickstream')) },
      tables: {
        sources: services.table('sources'),
        suppression: ports.table(services.table('suppression'), 'suppression'),
      },
    },
    tag,
    healthy: () => services.stream('clickstream').writable(),
    check: makeCheck(secret),
  });
  const own = await apiServices(behind);
  const api = makeApi(own);
  const pages = makePages({ writeKey, people: shoppers });
  return async (request) => {
    if (!request.path.startsWith('/api/')) return (await pages(request)) ?? collect(request);
    return asksForStream(request) ? liveStream(request, api) : api(request);
  };
}

const apiServices = async ({ services, backlog, arriving, onRequest }: Behind): Promise<ApiServices> => ({
  runsOn: 'machine',
  clock: services.clock,
  metrics: services.metrics,
  secret: services.secret,
  streams: { clickstream: services.stream('clickstream') },
  tables: {
    sources: services.table('sources'),
    access: services.table('access'),
    profiles: services.table('profiles'),
    ledger: services.table('ledger'),
    products: services.table('products'),
    segments: services.table('segments'),
    vault: services.table('vault'),
    destinations: services.table('destinations'),
    privacy: services.table('privacy'),
    suppression: services.table('suppression'),
  },
  objects: services.objects,
  lake: await services.lake(),
  endpoint: services.endpoint,
  pending: () => backlog.waiting(),
  onRequest,
  arriving: new EmbeddedTail(arriving),
  check: makeCheck(services.secret),
  loopbackWebhooks: services.loopbackWebhooks,
});
