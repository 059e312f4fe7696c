/** An hour of traffic waits while the functions are off; then they work it off. */

import { testFolder } from '../fixtures/folder.ts';
import type { Figure } from './report.ts';
import { load, Memory, withHost } from './running.ts';

/** A busy shop. */
const PER_SECOND = 100;

export async function backlog(hours: number): Promise<Figure[]> {
  using folder = testFolder();
  const events = Math.round(PER_SECOND * 3600 * hours);
  await withHost(
    folder.path,
    (host) =>
      load({
        url: host.url,
        key: host.writeKey,
        people: 20_000,
        perRequest: 100,
        connections: 4,
        events,
        seed: 21,
        rate: 0,
      }),
    [],
  );
  const started = performance.now();
  return await withHost(folder.path, async (host) => {
    const memory = new Memory();
    const { totals } = await host.drain();
    const seconds = (performance.now() - started) / 1000;
    const { samples } = memory;
    const { peak } = memory.stop();
    if (totals.applied !== events) throw new Error(`applied ${totals.applied} of ${events}`);
    const middle = (from: number, to: number): number =>
      Math.max(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)));
    return [
      {
        what: `backlog of ${hours} h at ${PER_SECOND} events/s`,
        value: seconds,
        unit: 's',
        note: `${events.toLocaleString('en-US')} events, ${Math.round(events / seconds).toLocaleString('en-US')} events/s, start included`,
      },
      {
        what: 'memory during the backlog, highest',
        value: peak,
        unit: 'MB',
        note: `second quarter ${middle(0.25, 0.5).toFixed(0)}, last quarter ${middle(0.75, 1).toFixed(0)}`,
      },
    ];
  });
}
