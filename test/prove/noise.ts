/** A second tenant that sends twenty times what it may, while the proof runs. */
import { Agent } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { SystemUnderProof } from './child.ts';
import { post } from './post.ts';

export const NOISY = { tenant: 'noisy', source: 'flood', eventsPerSecond: 10 } as const;
/** Seconds of unused allowance that the limiter lets through at once, and anew when the process was killed. */
const BURST_SECONDS = 10;
const PER_REQUEST = 20;
const EVERY_MS = 100;

/** Events by what was answered. */
export interface Noise {
  readonly accepted: number;
  /** Stored or not: nobody knows from the answer. */
  readonly unclear: number;
  readonly refused: number;
  /** What the limit let through at most. */
  readonly allowed: number;
}

const numbers = Array.from({ length: PER_REQUEST }, (_, i) => i);
const eventsOf = (request: number): string[] =>
  numbers.map((i) =>
    JSON.stringify({
      type: 'track',
      event: 'Noise',
      anonymousId: `noise-${i}`,
      messageId: `n-${request}-${i}`,
      timestamp: new Date().toISOString(),
    }),
  );

/** Resolves when `signal` aborts and the last request was answered. */
export async function makeNoise(system: SystemUnderProof, signal: AbortSignal): Promise<Noise> {
  const agent = new Agent({ keepAlive: true });
  const count = { accepted: 0, unclear: 0, refused: 0 };
  const begun = performance.now();
  for (let n = 0; !signal.aborted; n++) {
    const { ready } = system;
    const answer =
      ready && (await post({ url: ready.url, key: ready.noisyKey, events: eventsOf(n), clock: 0 }, agent));
    if (answer === '200') count.accepted += PER_REQUEST;
    else if (answer === '429') count.refused += PER_REQUEST;
    else if (answer !== undefined) count.unclear += PER_REQUEST;
    await after(EVERY_MS, undefined, { signal }).catch(() => {});
  }
  agent.destroy();
  const seconds = (performance.now() - begun) / 1000;
  const { eventsPerSecond } = NOISY;
  return { ...count, allowed: eventsPerSecond * (seconds + BURST_SECONDS * system.lives) };
}
