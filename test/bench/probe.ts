/**
 * From sending an event to seeing it in the profile through the API, run as its own process: `node test/bench/probe.ts
 * '<Probing as JSON>'` prints the milliseconds of each probe as a JSON list.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';

const PAUSE_MS = 3;
const BETWEEN_MS = 50;
const GIVE_UP_MS = 10_000;

const probingSchema = z.object({ url: z.string(), secretKey: z.string(), seconds: z.number() });
export type Probing = z.infer<typeof probingSchema>;
const replySchema = z.object({ profile: z.object({ dynamic: z.object({ events: z.number() }) }) });

/** One event of somebody new; resolves with the milliseconds until the API shows it. */
async function probe({ url, secretKey }: Probing, person: string): Promise<number> {
  const started = performance.now();
  const sent = await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
    },
    body: JSON.stringify({ userId: person, event: 'Probed', messageId: person }),
  });
  await sent.arrayBuffer();
  while (performance.now() - started < GIVE_UP_MS) {
    const response = await fetch(`${url}/api/profiles/${person}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    const body: unknown = await response.json();
    if (response.ok && replySchema.parse(body).profile.dynamic.events === 1)
      return performance.now() - started;
    await pause(PAUSE_MS);
  }
  throw new Error('an event did not become visible');
}

if (import.meta.main) {
  const probing = probingSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
  const end = performance.now() + probing.seconds * 1000;
  const waits: number[] = [];
  for (let i = 0; performance.now() < end; i++) {
    waits.push(await probe(probing, `probe-${i}`));
    await pause(BETWEEN_MS);
  }
  process.stdout.write(`${JSON.stringify(waits)}\n`);
}
