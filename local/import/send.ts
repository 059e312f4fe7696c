/** Sends events to a collector: in batches, a few at a time, each person's in order, until all are stored. */
import { WellspringError } from '../../domain/errors.ts';
import { tag32 } from '../../domain/ids.ts';
import type { Outgoing } from './events.ts';

/** Requests under way at once. */
const LANES = 4;
const BATCH_EVENTS = 500;
/** Below the collector's limit of 500 KB, with room for what surrounds the events. */
const BATCH_BYTES = 490 * 1024;
const ATTEMPTS = 10;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 15_000;
const TIMEOUT = 30_000;

export interface SenderOptions {
  readonly url: string;
  /** Only a secret key may send history. */
  readonly key: string;
  readonly onStored: (events: number) => void;
  /** An event that the collector refuses on its own; `code` is the collector's. */
  readonly onRefused: (event: Outgoing, code: string) => void;
  /** Milliseconds. @default a timer */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly code: string;
  /** Milliseconds that the collector asks for. */
  readonly retryAfter: number | undefined;
}

const timer = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const bodyOf = (events: readonly Outgoing[]): string =>
  `{"batch":[${events.map(({ json }) => json).join(',')}]}`;

function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('error' in body)) return 'unknown';
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown';
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

class Lane {
  events: Outgoing[] = [];
  bytes = 0;
  /** The request under way; the next one waits for it. */
  running: Promise<void> = Promise.resolve();
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #lanes = Array.from({ length: LANES }, () => new Lane());
  #failure: unknown;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#wait = options.wait ?? timer;
  }

  /**
   * Takes an event; waits while too much is under way.
   * @throws WellspringError `invalid_settings` when the key is refused, `not_running` or `stream_unavailable` when
   * the collector does not take events for minutes.
   */
  async add(event: Outgoing): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const lane = this.#lanes[tag32(event.person) % LANES];
    if (!lane) return;
    const bytes = Buffer.byteLength(event.json) + 1;
    if (lane.events.length >= BATCH_EVENTS || lane.bytes + bytes > BATCH_BYTES) await this.#flush(lane);
    lane.events.push(event);
    lane.bytes += bytes;
  }

  /** Resolves when everything taken is stored or refused. @throws as `add` does. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#flush(lane)));
    await Promise.all(this.#lanes.map(({ running }) => running));
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #flush(lane: Lane): Promise<void> {
    await lane.running;
    if (this.#failure !== undefined) throw this.#failure;
    if (lane.events.length === 0) return;
    const { events } = lane;
    lane.events = [];
    lane.bytes = 0;
    lane.running = this.#store(events).catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  /** A batch that is refused as a whole is halved until the event that caused it stands alone. */
  async #store(events: readonly Outgoing[]): Promise<void> {
    const { status, code } = await this.#sendUntilAnswered(events);
    if (status < 300) {
      this.#options.onStored(events.length);
      return;
    }
    if (status === 401 || status === 403 || status === 404 || code === 'unknown') {
      throw new WellspringError('invalid_settings', `The collector refuses the import: ${status} ${code}.`);
    }
    const [first] = events;
    if (events.length === 1 && first) {
      this.#options.onRefused(first, code);
      return;
    }
    const middle = Math.ceil(events.length / 2);
    await this.#store(events.slice(0, middle));
    await this.#store(events.slice(middle));
  }

  /** The first reply that repeating would not change. */
  async #sendUntilAnswered(events: readonly Outgoing[]): Promise<Reply> {
    const body = bodyOf(events);
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let asked: number | undefined;
      try {
        const reply = await this.#send(body);
        if (reply.status !== 429 && reply.status !== 408 && reply.status < 500) return reply;
        last = reply;
        asked = reply.retryAfter;
      } catch (error) {
        last = error;
      }
      await this.#wait(Math.min(asked ?? FIRST_WAIT * 2 ** attempt, LONGEST_WAIT));
    }
    if (last instanceof Error) {
      throw new WellspringError('not_running', 'The collector does not answer.', { cause: last });
    }
    throw new WellspringError('stream_unavailable', 'The collector does not take events at the moment.');
  }

  async #send(body: string): Promise<Reply> {
    const response = await fetch(`${this.#options.url}/v1/batch`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${this.#options.key}:`).toString('base64')}`,
        'x-wellspring-replay': '1',
      },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await response.text();
    if (response.ok) return { status: response.status, code: '', retryAfter: undefined };
    return { status: response.status, code: codeOf(parse(text)), retryAfter: retryAfterOf(response) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
