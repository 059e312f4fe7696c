/** Joins each stream function of the map to its step and its services. */
import type { Objects, Stream, StreamRecord, StreamResult, Table } from '../domain/ports.ts';
import type { FunctionName, StreamName, TableName } from '../functions/chain.ts';
import type { Ports } from './ports.ts';
import type { LocalServices } from './services.ts';

export type Deliver = (records: readonly StreamRecord[]) => Promise<StreamResult>;

/** @throws for a function that no stream triggers. */
export async function stepOf(name: FunctionName, local: LocalServices, ports: Ports): Promise<Deliver> {
  return ports.step(await plainStep(name, local, ports));
}

/** Each thread loads the code of its own function only: seven threads with all of it took twice the memory. */
async function plainStep(name: FunctionName, local: LocalServices, ports: Ports): Promise<Deliver> {
  const { clock, metrics, secret } = local;
  const base = { clock, metrics, secret };
  const stream = (of: StreamName): Stream => ports.stream(local.stream(of));
  const table = (of: TableName): Table => ports.table(local.table(of), of);
  const objects = (): Objects => ports.objects(local.objects);
  switch (name) {
    case 'clean': {
      const { makeClean } = await import('../functions/clean/clean.ts');
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
    }
    case 'archive': {
      const { makeArchive } = await import('../functions/archive/archive.ts');
      return makeArchive({
        ...base,
        streams: {},
        tables: { suppression: table('suppression') },
        objects: objects(),
        lake: await local.lake(),
      });
    }
    case 'features': {
      const { makeFeatures } = await import('../functions/features/features.ts');
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
    }
    case 'score': {
      const { makeScore } = await import('../functions/score/score.ts');
      return makeScore({
        ...base,
        streams: {},
        tables: { profiles: table('profiles') },
        objects: objects(),
        endpoint: local.endpoint,
      }).step;
    }
    case 'products': {
      const { makeProducts } = await import('../functions/products/products.ts');
      return makeProducts({ ...base, streams: {}, tables: { products: local.table('products') } });
    }
    case 'segment': {
      const { makeSegment } = await import('../functions/segment/segment.ts');
      return makeSegment({
        ...base,
        streams: { memberships: local.stream('memberships') },
        tables: { profiles: local.table('profiles'), segments: local.table('segments') },
      });
    }
    case 'deliver': {
      const { makeDeliver } = await import('../functions/deliver/deliver.ts');
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
        sender: await local.sender(),
        random: Math.random,
      });
    }
    default:
      throw new Error(`${name} is not triggered by a stream`);
  }
}
