/** Accepted over HTTP to applied in profiles: events per second, bytes on disk, and what parsing alone would allow. */
import { statSync } from 'node:fs';
import { files } from '../../local/files.ts';
import { testFolder } from '../fixtures/folder.ts';
import type { Figure } from './report.ts';
import { load, Memory, withHost } from './running.ts';
import { requests } from './traffic.ts';

const PER_REQUEST = 100;
const CONNECTIONS = 16;

const sizeOf = (path: string): number =>
  ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);

/** Events per second that one core can only parse. */
export function parseAlone(events: number): number {
  const bodies = [
    ...requests(events, { people: 1000, perRequest: PER_REQUEST, seed: 1, start: Date.now() }),
  ].map((text) => Buffer.from(text));
  const started = performance.now();
  for (const body of bodies) JSON.parse(body.toString());
  return (events * 1000) / (performance.now() - started);
}

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
    // The first requests meet cold code; they are not measured.
    await load({ ...common, events: 5000, seed: seed + 1, rate: 0 });
    await host.drain();
    const memory = new Memory();
    const cpu = process.cpuUsage();
    const result = await load({ ...common, events, seed, rate: 0 });
    const { totals } = await host.drain();
    const seconds = (Date.now() - result.startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const { steady, peak } = memory.stop();
    if (totals.applied !== events + 5000) throw new Error(`applied ${totals.applied} of ${events + 5000}`);
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
      ...sizes(folder.path, people, events + 5000),
    ];
  });
}

function sizes(data: string, people: number, events: number): Figure[] {
  const profiles = sizeOf(files.table(data, 'profiles'));
  const log = sizeOf(files.stream(data, 'clickstream')) + sizeOf(files.stream(data, 'events'));
  const what = `${people.toLocaleString('en-US')} people`;
  return [
    {
      what: `SQLite per profile, ${what}`,
      value: profiles / people,
      unit: 'bytes',
      note: `${(events / people).toFixed(1)} events each`,
    },
    {
      what: `SQLite per event, ${what}`,
      value: log / events,
      unit: 'bytes',
      note: 'both streams, until all have read them',
    },
  ];
}
