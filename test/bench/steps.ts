/** Microseconds per event of each step alone: one thread, tables in memory, streams that only keep. */
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import type { StepName } from '../../functions/api/cost/bill.ts';
import { makeArchive } from '../../functions/archive/archive.ts';
import { chain } from '../../functions/chain.ts';
import { makeCheck } from '../../functions/clean/check.ts';
import { makeClean } from '../../functions/clean/clean.ts';
import { makeCollect } from '../../functions/collect/collect.ts';
import { makeFeatures } from '../../functions/features/features.ts';
import { makeProducts } from '../../functions/products/products.ts';
import { makeScore } from '../../functions/score/score.ts';
import { makeSegment } from '../../functions/segment/segment.ts';
import { testFolder } from '../fixtures/folder.ts';
import {
  addKey,
  batches,
  batchRequest,
  clock,
  MemoryStream,
  memoryTable,
  metrics,
  noEndpoint,
  noObjects,
  SECRET,
} from './in-memory.ts';
import type { Figure } from './report.ts';
import { requests } from './traffic.ts';

export interface StepTimes {
  /** µs per event. */
  readonly micros: Readonly<Record<StepName, number>>;
  readonly figures: Figure[];
}

const base = { clock, metrics, secret: SECRET };

async function timed(events: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return ((performance.now() - started) * 1000) / events;
}

async function inBatches(
  name: Exclude<StepName, 'collect'>,
  records: readonly StreamRecord[],
  step: (batch: readonly StreamRecord[]) => Promise<unknown>,
): Promise<void> {
  for (const batch of batches(records, chain[name].trigger.batch.records)) await step(batch);
}

async function once(events: number, seed: number): Promise<Record<StepName, number>> {
  using folder = testFolder();
  const [clickstream, clean, changes] = [new MemoryStream(), new MemoryStream(), new MemoryStream()];
  const [sources, ledger, statistics, profiles, products, suppression, segments, vault] = [
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
  ];
  const key = await addKey(sources);
  const collect = makeCollect({
    services: { ...base, streams: { clickstream }, tables: { sources, suppression } },
    tag: '',
    healthy: () => true,
    check: makeCheck(SECRET),
  });
  const asked = [...requests(events, { people: 1000, perRequest: 100, seed, start: Date.now() })].map(
    (body, n) => batchRequest(key, body, n),
  );
  const micros = { collect: 0, clean: 0, archive: 0, features: 0, products: 0, score: 0, segment: 0 };
  micros.collect = await timed(events, async () => {
    for (const request of asked) await collect(request);
  });
  const cleaning = makeClean({
    ...base,
    streams: { events: clean },
    tables: { ledger, statistics, suppression, vault },
    objects: noObjects,
  });
  micros.clean = await timed(events, () => inBatches('clean', clickstream.records, cleaning));
  const folding = makeFeatures({
    ...base,
    streams: { changes },
    tables: { profiles, ledger, suppression },
    objects: noObjects,
  });
  micros.features = await timed(events, () => inBatches('features', clean.records, folding));
  const learning = makeProducts({ ...base, streams: {}, tables: { products } });
  micros.products = await timed(events, () => inBatches('products', clean.records, learning));
  const scoring = makeScore({
    ...base,
    streams: {},
    tables: { profiles },
    objects: noObjects,
    endpoint: noEndpoint,
  });
  micros.score = await timed(events, () => inBatches('score', changes.records, scoring.step));
  const assessing = makeSegment({
    ...base,
    streams: { memberships: new MemoryStream() },
    tables: { profiles, segments },
  });
  micros.segment = await timed(events, () => inBatches('segment', changes.records, assessing));
  const objects = new EmbeddedObjects(`${folder.path}/lake`);
  const lake = new DuckLake({ objects, scratch: `${folder.path}/scratch`, root: `${folder.path}/lake` });
  const archiving = makeArchive({ ...base, streams: {}, tables: { suppression }, objects, lake });
  micros.archive = await timed(events, () => inBatches('archive', clean.records, archiving));
  await lake.close();
  for (const table of [sources, ledger, statistics, profiles, products, suppression, segments, vault])
    table.close();
  return micros;
}

/** The second of two runs counts: the first meets cold code. */
export async function stepTimes(events: number): Promise<StepTimes> {
  await once(Math.min(events, 5000), 31);
  const micros = await once(events, 32);
  const notes: Record<StepName, string> = {
    collect: '100 events a request: parse, find the events, pack by lane',
    clean: 'all rules, statistics and ledger',
    archive: 'Parquet by DuckDB on disk',
    features: '1,000 people; table in memory',
    products: 'most products are known',
    score: 'nothing serves',
    segment: 'no segments',
  };
  return {
    micros,
    figures: (Object.keys(micros) as StepName[]).map((name) => ({
      what: `${name} alone`,
      value: micros[name],
      unit: 'µs/event',
      note: notes[name],
    })),
  };
}
