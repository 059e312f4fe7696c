/** From sending an event to seeing it in the profile through the API, and the host's memory, while other traffic flows. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { testFolder } from '../fixtures/folder.ts';
import type { Probing } from './probe.ts';
import type { Figure } from './report.ts';
import { load, Memory, quantile, waitsOf, withHost } from './running.ts';

const RATE = 2000;

const probes = (probing: Probing): Promise<number[]> =>
  waitsOf(join(import.meta.dirname, 'probe.ts'), probing);

export async function latency(seconds: number): Promise<Figure[]> {
  using folder = testFolder();
  return await withHost(folder.path, async (host) => {
    const common = { url: host.url, key: host.writeKey, people: 10_000, connections: 8 };
    await load({ ...common, events: 5000, perRequest: 100, seed: 11, rate: 0 });
    await host.drain();
    const memory = new Memory();
    const running = load({ ...common, events: RATE * seconds, perRequest: 20, seed: 12, rate: RATE });
    // The generator needs a moment to write its events before it sends.
    await pause(1000);
    const { url, secretKey } = host;
    const [waits, result] = await Promise.all([probes({ url, secretKey, seconds: seconds - 1 }), running]);
    const reached = (result.accepted * 1000) / (result.endedAt - result.startedAt);
    const { steady, peak } = memory.stop();
    const note = `${waits.length} probes at ${reached.toFixed(0)} events/s`;
    return [
      { what: 'event to visible profile, p50', value: quantile(waits, 0.5), unit: 'ms', note },
      {
        what: 'event to visible profile, p99',
        value: quantile(waits, 0.99),
        unit: 'ms',
        aim: 'under 250',
        note,
      },
      {
        what: 'memory at 2,000 events/s',
        value: steady,
        unit: 'MB',
        aim: 'under 400',
        note: `peak ${peak.toFixed(0)}`,
      },
    ];
  });
}
