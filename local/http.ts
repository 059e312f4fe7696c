/** The HTTP edge of one machine: Node's server on one side, plain requests and replies on the other. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WellspringError } from '../domain/errors.ts';
import { type HttpReply, type HttpRequest, json } from '../functions/http.ts';

/** A reply that goes on until the source ends or the asker has gone. */
export interface StreamedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: (gone: AbortSignal) => AsyncIterable<string>;
}

export type Application = (request: HttpRequest) => Promise<HttpReply | StreamedReply>;

/** Bytes of a body as sent, at most; the applications have their own, smaller limits after decompression. */
const BODY_LIMIT = 1024 * 1024;

const TOO_LARGE = 'too large';

function readBody(message: IncomingMessage): Promise<Uint8Array | typeof TOO_LARGE> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      // The rest is read and dropped, so that the sender gets to see the reply.
      else chunks.length = 0;
      if (size > 16 * BODY_LIMIT) message.destroy();
    });
    message.on('end', () =>
      resolve(
        size > BODY_LIMIT
          ? TOO_LARGE
          : chunks.length === 1
            ? (chunks[0] ?? Buffer.alloc(0))
            : Buffer.concat(chunks),
      ),
    );
    message.on('error', reject);
    message.on('aborted', () => reject(new Error('aborted')));
  });
}

function toRequest(message: IncomingMessage, body: Uint8Array, requestId: string): HttpRequest {
  const raw = message.url ?? '/';
  const mark = raw.indexOf('?');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const ip = message.socket.remoteAddress;
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? raw : raw.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : raw.slice(mark + 1)),
    headers,
    body,
    requestId,
    ...(ip === undefined ? {} : { ip }),
  };
}

function send(
  response: ServerResponse,
  method: string | undefined,
  reply: HttpReply,
  requestId: string,
): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  const bare = reply.status === 204 || reply.status === 304;
  response.writeHead(reply.status, {
    ...reply.headers,
    'x-request-id': requestId,
    ...(bare ? {} : { 'content-length': body.length }),
  });
  response.end(method === 'HEAD' || bare ? undefined : body);
}

async function sendStream(response: ServerResponse, reply: StreamedReply, requestId: string): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(reply.status, { ...reply.headers, 'x-request-id': requestId });
  response.flushHeaders();
  for await (const text of reply.stream(gone.signal)) {
    if (gone.signal.aborted) return;
    // Who reads slowly is waited for: nothing piles up in memory.
    if (!response.write(text)) await drained(response, gone.signal);
  }
  response.end();
}

const drained = (response: ServerResponse, gone: AbortSignal): Promise<void> =>
  new Promise((done) => {
    response.once('drain', done);
    gone.addEventListener('abort', () => done());
  });

function failure(error: unknown, requestId: string): HttpReply {
  if (error instanceof WellspringError && error.retryable) {
    return json(503, { error: { code: error.code, message: error.fix, requestId } }, { 'retry-after': '5' });
  }
  return json(500, {
    error: { code: 'internal', message: 'This is our fault; the request id finds it in the log.', requestId },
  });
}

/**
 * A server that answers with `application`. Slow or lying senders are cut off: headers within 5 s,
 * the whole request within 15 s.
 */
export function makeServer(
  application: Application,
  onError: (error: unknown, requestId: string) => void,
): Server {
  const server = createServer({
    requestTimeout: 15_000,
    headersTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
  });
  server.on('request', (message, response) => {
    const requestId = randomUUID();
    const answer = async (): Promise<HttpReply | StreamedReply> => {
      const body = await readBody(message);
      if (body === TOO_LARGE) {
        return json(413, {
          error: { code: 'batch_too_large', message: 'The body is larger than 1 MB.', requestId },
        });
      }
      return application(toRequest(message, body, requestId));
    };
    answer()
      .catch((error: unknown) => {
        if (message.destroyed && !message.complete) return undefined;
        onError(error, requestId);
        return failure(error, requestId);
      })
      .then((reply) => {
        if (!reply || response.destroyed) return undefined;
        if ('stream' in reply) return sendStream(response, reply, requestId);
        return send(response, message.method, reply, requestId);
      })
      .catch((error: unknown) => onError(error, requestId));
  });
  return server;
}
