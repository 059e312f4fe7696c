/** What the vault costs where everybody has a user id: time of cleaning, and reads and writes of the table on AWS. */
import type { StreamRecord, Table } from '../../domain/ports.ts';
import { prices } from '../../functions/api/cost/prices.ts';
import { chain } from '../../functions/chain.ts';
import { makeClean } from '../../functions/clean/clean.ts';
import { makeCollect } from '../../functions/collect/collect.ts';
import {
  addKey,
  batches,
  batchRequest,
  clock,
  MemoryStream,
  memoryTable,
  metrics,
  noObjects,
  SECRET,
} from './in-memory.ts';
import type { Figure } from './report.ts';
import { requests } from './traffic.ts';

const PEOPLE = 1000;
const base = { clock, metrics, secret: SECRET };

interface Units {
  reads: number;
  writes: number;
}

/** Items are below 1 KB: half a unit for a read that may be a moment old, a whole one for others and for a write. */
function counted(table: Table): { table: Table; units: Units } {
  const units = { reads: 0, writes: 0 };
  return {
    units,
    table: {
      get: (keys, options) => {
        units.reads += keys.length * (options?.consistent === true ? 1 : 0.5);
        return table.get(keys, options);
      },
      put: (writes) => {
        units.writes += writes.length;
        return table.put(writes);
      },
      delete: (keys) => table.delete(keys),
      query: (query) => table.query(query),
      queryIndex: (query) => table.queryIndex(query),
      scan: (query) => table.scan(query),
    },
  };
}

async function recordsOf(events: number, seed: number): Promise<StreamRecord[]> {
  const [sources, suppression] = [memoryTable(), memoryTable()];
  const clickstream = new MemoryStream();
  const collect = makeCollect({
    services: { ...base, streams: { clickstream }, tables: { sources, suppression } },
    tag: '',
    healthy: () => true,
    check: () => ({ kind: 'suppress', reason: 'bot' }),
  });
  const key = await addKey(sources);
  const options = { people: PEOPLE, perRequest: 20, perVisit: 5, known: true, seed, start: clock.now() };
  let n = 0;
  for (const body of requests(events, options)) await collect(batchRequest(key, body, n++));
  for (const table of [sources, suppression]) table.close();
  return clickstream.records;
}

/** Cleans the same traffic three times: nobody is known yet, all are in memory, all are in the table alone. */
export async function vaultFigures(events: number): Promise<Figure[]> {
  const [ledger, statistics, suppression, stored] = [
    memoryTable(),
    memoryTable(),
    memoryTable(),
    memoryTable(),
  ];
  const { table: vault, units } = counted(stored);
  const step = (): ReturnType<typeof makeClean> =>
    makeClean({
      ...base,
      streams: { events: new MemoryStream() },
      tables: { ledger, statistics, suppression, vault },
      objects: noObjects,
    });
  const figures: Figure[] = [];
  const measure = async (who: string, clean: ReturnType<typeof makeClean>, seed: number): Promise<void> => {
    const records = await recordsOf(events, seed);
    const before = { ...units };
    const started = process.cpuUsage();
    for (const batch of batches(records, chain.clean.trigger.batch.records)) await clean(batch);
    const { user, system } = process.cpuUsage(started);
    const micros = (user + system) / events;
    const reads = (units.reads - before.reads) / events;
    const writes = (units.writes - before.writes) / events;
    const dollars = (reads * prices.readUnit + writes * prices.writeUnit) * 1e6;
    const what = `vault, ${who}`;
    figures.push(
      {
        what: `${what}: clean alone`,
        value: micros,
        unit: 'µs/event',
        note: 'processor time; a fifth are identify calls with two sealed traits',
      },
      { what: `${what}: read units`, value: reads, unit: 'units/event' },
      { what: `${what}: write units`, value: writes, unit: 'units/event' },
      { what: `${what}: AWS`, value: dollars, unit: '$/M events' },
    );
  };
  const warm = step();
  await measure(`${PEOPLE} new people`, warm, 41);
  await measure('people in memory', warm, 42);
  await measure('people in the table', step(), 43);
  for (const table of [ledger, statistics, suppression, stored]) table.close();
  return figures;
}
