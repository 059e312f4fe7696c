/**
 * A page and a collector that remembers what it was sent and answers as told. The page is served from
 * `127.0.0.1` and the collector from `localhost`: two origins, as in a shop.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const message = z.looseObject({
  type: z.string(),
  messageId: z.string(),
  timestamp: z.iso.datetime(),
  event: z.string().optional(),
  anonymousId: z.string().optional(),
  userId: z.string().optional(),
  context: z.looseObject({}),
});
const batch = z.object({
  batch: z.array(message),
  writeKey: z.literal('write-key'),
  sentAt: z.iso.datetime(),
});

export type Message = z.infer<typeof message>;
export type Received = z.infer<typeof batch> & { headers: IncomingHttpHeaders; size: number; status: number };

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class RecordingCollector {
  /** Batches in order of arrival, with the status each was answered with. */
  readonly received: Received[] = [];
  /** Methods of all requests to the collector, to see preflights. */
  readonly methods: string[] = [];
  /** Decides the answer to a batch; may wait. */
  answer: (received: Received) => Answer | Promise<Answer> = () => ({ status: 200 });
  /** Resolves when the tag may be delivered. */
  tagReady: Promise<void> = Promise.resolve();
  /** HTML of the page. */
  page = '';
  readonly #tag: string;
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  readonly #waiting = new Set<() => void>();

  constructor(tag: string) {
    this.#tag = tag;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get pageUrl(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Events of all batches answered with `status`, in order of arrival. */
  events(status = 200): Message[] {
    return this.received.filter((each) => each.status === status).flatMap((each) => each.batch);
  }

  /** Waits until `check` holds; looked at after each batch. */
  until(check: () => boolean): Promise<void> {
    if (check()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!check()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  /** Waits for an accepted track event of that name. */
  async event(name: string): Promise<Message> {
    const find = (): Message | undefined => this.events().find(({ event }) => event === name);
    await this.until(() => find() !== undefined);
    const found = find();
    if (!found) throw new Error(`no event ${name}`);
    return found;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/tag.js') {
      await this.tagReady;
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(this.#tag);
    } else if (path === '/v1/batch') {
      this.methods.push(request.method ?? '');
      const { status, headers } = await this.#record(request);
      response.writeHead(status, {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'retry-after',
        ...headers,
      });
      response.end('{}');
    } else {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Shop</title>${this.page}`);
    }
  }

  async #record(request: IncomingMessage): Promise<Answer> {
    const body = await text(request);
    const parsed = batch.parse(JSON.parse(body));
    const received = { ...parsed, headers: request.headers, size: Buffer.byteLength(body), status: 0 };
    this.received.push(received);
    const answer = await this.answer(received);
    received.status = answer.status;
    for (const look of this.#waiting) look();
    return answer;
  }
}
