/** Lets simulated shoppers stream in through the public endpoint, like anybody else. */
import { randomUUID } from 'node:crypto';
import { seededRandom } from '../../domain/random.ts';
import { Shoppers } from './shoppers.ts';

const TICK_MS = 250;
export const PEOPLE = 1500;
/** Events of one request, at most. */
const BATCH = 200;

export interface DemoOptions {
  readonly url: string;
  readonly writeKey: string;
  /** Events per second. */
  readonly rate: number;
  readonly seed: number;
}

export interface Demo {
  /** Resolves when the last request was answered. */
  stop(): Promise<void>;
}

async function send({ url, writeKey }: DemoOptions, batch: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ writeKey, batch, sentAt: new Date().toISOString() }),
  });
  await response.arrayBuffer();
}

/** Starts at once. What cannot be sent is left out: shoppers of a demo need no second try. */
export function startDemo(options: DemoOptions): Demo {
  const shoppers = new Shoppers({ random: seededRandom(options.seed), people: PEOPLE });
  const startedAt = Date.now();
  let sent = 0;
  let running: Promise<void> | undefined;
  const tick = async (): Promise<void> => {
    const due = Math.floor(((Date.now() - startedAt) * options.rate) / 1000);
    while (sent < due) {
      const size = Math.min(BATCH, due - sent);
      const batch = Array.from({ length: size }, () => ({
        ...shoppers.next(),
        messageId: randomUUID(),
        timestamp: new Date().toISOString(),
      }));
      sent += size;
      await send(options, batch).catch(() => undefined);
    }
  };
  const timer = setInterval(() => {
    running ??= tick().finally(() => {
      running = undefined;
    });
  }, TICK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
