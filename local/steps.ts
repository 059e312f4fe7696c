/** Joins each stream function of the map to its step and its services. */
import type { Objects, Stream, StreamRecord, StreamResult, Table } from '../domain/ports.ts';
import { makeArchive } from '../functions/archive/archive.ts';
import type { FunctionName, StreamName, TableName } from '../functions/chain.ts';
import { makeClean } from '../functions/clean/clean.ts';
import { makeDeliver } from '../functions/deliver/deliver.ts';
import { makeFeatures } from '../functions/features/features.ts';
import { makeProducts } from '../functions/products/products.ts';
import { makeScore } from '../functions/score/score.ts';
import { makeSegment } from '../functions/segment/segment.ts';
import type { Ports } from './ports.ts';
import type { LocalServices } from './services.ts';

export type Deliver = (records: readonly StreamRecord[]) => Promise<StreamResult>;

/** @throws for a function that no stream triggers. */
export function stepOf(name: FunctionName, local: LocalServices, ports: Ports): Deliver {
  return ports.step(plainStep(name, local, ports));
}

function plainStep(name: FunctionName, local: LocalServices, ports: Ports): Deliver {
  const { clock, metrics, secret } = local;
  const base = { clock, metrics, secret };
  const stream = (of: StreamName): Stream => ports.stream(local.stream(of));
  const table = (of: TableName): Table => ports.table(local.table(of), of);
  const objects = (): Objects => ports.objects(local.objects);
  switch (name) {
    case 'clean':
      return makeClean({
        ...base,
        streams: { events: stream('events') },
        tables: {
          ledger: table('ledger'),
          statistics: table('statistics'),
          suppression: table('suppression'),
          vault: table('vault'),
        },
        objects: objects(),
      });
    case 'archive':
      return makeArchive({
        ...base,
        streams: {},
        tables: { suppression: table('suppression') },
        objects: objects(),
        lake: local.lake,
      });
    case 'features':
      return makeFeatures({
        ...base,
        streams: { changes: stream('changes') },
        tables: {
          profiles: table('profiles'),
          ledger: table('ledger'),
          suppression: table('suppression'),
        },
        objects: objects(),
      });
    case 'score':
      return makeScore({
        ...base,
        streams: {},
        tables: { profiles: table('profiles') },
        objects: objects(),
        endpoint: local.endpoint,
      }).step;
    case 'products':
      return makeProducts({ ...base, streams: {}, tables: { products: local.table('products') } });
    case 'segment':
      return makeSegment({
        ...base,
        streams: { memberships: local.stream('memberships') },
        tables: { profiles: local.table('profiles'), segments: local.table('segments') },
      });
    case 'deliver':
      return makeDeliver({
        ...base,
        streams: {},
        tables: {
          destinations: local.table('destinations'),
          profiles: local.table('profiles'),
          suppression: local.table('suppression'),
          vault: local.table('vault'),
        },
        objects: objects(),
        sender: local.sender,
        random: Math.random,
      });
    default:
      throw new Error(`${name} is not triggered by a stream`);
  }
}
