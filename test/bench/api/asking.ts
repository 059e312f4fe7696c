/** How long answers take at a steady rate, alone and while events stream in. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../../../local/host.ts';
import type { Figure } from '../report.ts';
import { load, quantile, waitsOf } from '../running.ts';
import type { Asking } from './ask.ts';

const RATE = 2000;
const PER_SECOND = 50;
/** Seconds of asking before those that count. */
const WARM_SECONDS = 4;

export interface Kind {
  readonly what: string;
  readonly key: string;
  readonly questions: Asking['questions'];
  /** Of p99. */
  readonly aim?: string;
}

const answers = (asking: Asking): Promise<number[]> => waitsOf(join(import.meta.dirname, 'ask.ts'), asking);

const stream = ({ url, writeKey }: Host, seconds: number, seed: number): Promise<unknown> =>
  load({
    url,
    key: writeKey,
    people: 10_000,
    perRequest: 20,
    connections: 8,
    rate: RATE,
    events: RATE * seconds,
    seed,
  });

/** Streams events in for some seconds, so that no thread is asked for the first time when it counts. */
export async function warm(host: Host, seconds: number): Promise<void> {
  await stream(host, seconds, 1);
}

export async function figuresOf(
  host: Host,
  { what, key, questions, aim }: Kind,
  { seconds, streaming }: { readonly seconds: number; readonly streaming: boolean },
): Promise<Figure[]> {
  const running = streaming ? stream(host, WARM_SECONDS + seconds + 4, what.length) : undefined;
  // The generator needs a moment to write its events before it sends.
  if (streaming) await pause(2000);
  const asked = answers({
    url: host.url,
    key,
    perSecond: PER_SECOND,
    warmSeconds: WARM_SECONDS,
    seconds,
    questions,
  });
  const [waits] = await Promise.all([asked, running]);
  const note = `${waits.length} at ${PER_SECOND}/s${streaming ? ` while ${RATE} events/s stream in` : ', nothing else'}`;
  return [
    { what: `${what}, p50`, value: quantile(waits, 0.5), unit: 'ms', note },
    { what: `${what}, p99`, value: quantile(waits, 0.99), unit: 'ms', note, ...(aim && { aim }) },
  ];
}
