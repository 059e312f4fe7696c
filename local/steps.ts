/** Joins each stream function of the map to its step and its services. */
import type { StreamRecord, StreamResult } from '../domain/ports.ts';
import { makeArchive } from '../functions/archive/archive.ts';
import type { FunctionName } from '../functions/chain.ts';
import { makeClean } from '../functions/clean/clean.ts';
import { makeFeatures } from '../functions/features/features.ts';
import { makeProducts } from '../functions/products/products.ts';
import { makeScore } from '../functions/score/score.ts';
import { makeSegment } from '../functions/segment/segment.ts';
import type { LocalServices } from './services.ts';

export type Deliver = (records: readonly StreamRecord[]) => Promise<StreamResult>;

/** @throws for a function that no stream triggers. */
export function stepOf(name: FunctionName, local: LocalServices): Deliver {
  const { clock, metrics, secret } = local;
  const base = { clock, metrics, secret };
  switch (name) {
    case 'clean':
      return makeClean({
        ...base,
        streams: { events: local.stream('events') },
        tables: { ledger: local.table('ledger'), statistics: local.table('statistics') },
        objects: local.objects,
      });
    case 'archive':
      return makeArchive({ ...base, streams: {}, tables: {}, objects: local.objects, lake: local.lake });
    case 'features':
      return makeFeatures({
        ...base,
        streams: { changes: local.stream('changes') },
        tables: { profiles: local.table('profiles'), ledger: local.table('ledger') },
        objects: local.objects,
      });
    case 'score':
      return makeScore({
        ...base,
        streams: {},
        tables: { profiles: local.table('profiles') },
        objects: local.objects,
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
    default:
      throw new Error(`${name} is not triggered by a stream`);
  }
}
