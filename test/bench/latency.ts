/** From sending an event to seeing it in the profile through the API, while other traffic flows. */
import * as z from 'zod/mini';
import type { Host } from '../../local/host.ts';
import { testFolder } from '../fixtures/folder.ts';
import type { Figure } from './report.ts';
import { load, Memory, quantile, withHost } from './running.ts';

const RATE = 2000;
const PAUSE_MS = 3;
const GIVE_UP_MS = 10_000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const replySchema = z.object({ profile: z.object({ dynamic: z.object({ events: z.number() }) }) });

/** One event of somebody new; resolves with the milliseconds until the API shows it. */
async function probe(host: Host, person: string): Promise<number> {
  const started = performance.now();
  const sent = await fetch(`${host.url}/v1/track`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${host.secretKey}:`).toString('base64')}`,
    },
    body: JSON.stringify({ userId: person, event: 'Probed', messageId: person }),
  });
  await sent.arrayBuffer();
  while (performance.now() - started < GIVE_UP_MS) {
    const response = await fetch(`${host.url}/api/profiles/${person}`, {
      headers: { authorization: `Bearer ${host.secretKey}` },
    });
    const body: unknown = await response.json();
    if (response.ok && replySchema.parse(body).profile.dynamic.events === 1)
      return performance.now() - started;
    await pause(PAUSE_MS);
  }
  throw new Error('an event did not become visible');
}

export async function latency(seconds: number): Promise<Figure[]> {
  using folder = testFolder();
  return await withHost(folder.path, async (host) => {
    const common = { url: host.url, key: host.writeKey, people: 10_000, connections: 8 };
    await load({ ...common, events: 5000, perRequest: 100, seed: 11, rate: 0 });
    await host.drain();
    const memory = new Memory();
    const done = new AbortController();
    const running = load({ ...common, events: RATE * seconds, perRequest: 20, seed: 12, rate: RATE }).finally(
      () => {
        done.abort();
      },
    );
    // The generator needs a moment to write its events before it sends.
    await pause(1000);
    const waits: number[] = [];
    for (let i = 0; !done.signal.aborted; i++) {
      waits.push(await probe(host, `probe-${i}`));
      await pause(50);
    }
    const result = await running;
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
