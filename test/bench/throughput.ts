/** Accepted over HTTP to applied in profiles: events per second, bytes on disk, and what parsing alone would allow. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { files } from '../../local/files.ts';
import { testFolder } from '../fixtures/folder.ts';
import type { Figure } from './report.ts';
import { load, Memory, withHost } from './running.ts';

const PER_REQUEST = 100;
/** Events before the measurement: the first ones meet cold code. */
const WARM_UP = 20_000;
const CONNECTIONS = 16;

const sizeOf = (path: string): number =>
  ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);

export async function throughput(people: number, events: number, parsed: number): Promise<Figure[]> {
  using folder = testFolder();
  const seed = people;
  return await withHost(folder.path, async (host) => {
    const common = {
      url: host.url,
      key: host.writeKey,
      people,
      perRequest: PER_REQUEST,
      connections: CONNECTIONS,
    };
    await load({ ...common, events: WARM_UP, seed: seed + 1, rate: 0 });
    await host.drain();
    const memory = new Memory();
    const cpu = process.cpuUsage();
    const result = await load({ ...common, events, seed, rate: 0 });
    const { totals } = await host.drain();
    const seconds = (Date.now() - result.startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const { steady, peak } = memory.stop();
    if (totals.applied !== events + WARM_UP)
      throw new Error(`applied ${totals.applied} of ${events + WARM_UP}`);
    const rate = events / seconds;
    const what = `${people.toLocaleString('en-US')} people`;
    const aim = 'at least 12,000, aim 30,000';
    return [
      {
        what: `accepted to applied, ${what}`,
        value: rate,
        unit: 'events/s',
        aim,
        note: `${Math.round(result.bytes / events)} bytes each`,
      },
      {
        what: `accepted alone, ${what}`,
        value: (events * 1000) / (result.endedAt - result.startedAt),
        unit: 'events/s',
        note: 'until the last answer',
      },
      {
        what: `processor time, ${what}`,
        value: (user + system) / events,
        unit: 'µs/event',
        note: `${(((user + system) / 1e6 / seconds) * 100).toFixed(0)} % of a core, load generator not counted`,
      },
      { what: `share of parsing alone, ${what}`, value: (rate / parsed) * 100, unit: '%' },
      {
        what: `memory, ${what}`,
        value: steady,
        unit: 'MB',
        aim: 'under 400',
        note: `peak ${peak.toFixed(0)}`,
      },
      ...sizes(folder.path, people, events + WARM_UP),
    ];
  });
}

/** Rows of a table's file. */
function countOf(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const row = db.prepare('SELECT count(*) AS n FROM items').get();
  db.close();
  return Number(row?.['n']);
}

function sizes(data: string, people: number, events: number): Figure[] {
  const table = files.table(data, 'profiles');
  const profiles = countOf(table);
  const log = sizeOf(files.stream(data, 'clickstream')) + sizeOf(files.stream(data, 'events'));
  const what = `${people.toLocaleString('en-US')} people`;
  return [
    {
      what: `SQLite per profile, ${what}`,
      value: sizeOf(table) / profiles,
      unit: 'bytes',
      note: `${(events / profiles).toFixed(1)} events each, indexes included`,
    },
    {
      what: `SQLite per event, ${what}`,
      value: log / events,
      unit: 'bytes',
      note: 'both streams, until all have read them',
    },
  ];
}
