/**
 * `GET /api/live` with `Accept: text/event-stream`: the same answers as without, asked again and again and pushed. Whoever
 * asks is checked each time, so that a session that ends ends the stream too. On AWS pages ask every two seconds instead.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { HttpReply, HttpRequest } from '../functions/http.ts';
import type { StreamedReply } from './http.ts';

const EVERY_MS = 250;
/** A comment line tells proxies and browsers that the connection lives. */
const ALIVE_EVERY = 60;

const placed = z.object({ position: z.string(), events: z.array(z.unknown()), skipped: z.number() });

export const asksForStream = ({ method, path, headers }: HttpRequest): boolean =>
  method === 'GET' && path === '/api/live' && (headers['accept'] ?? '').includes('text/event-stream');

const read = ({ body }: HttpReply): z.output<typeof placed> =>
  placed.parse(JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)));

export async function liveStream(
  request: HttpRequest,
  api: (request: HttpRequest) => Promise<HttpReply>,
): Promise<HttpReply | StreamedReply> {
  const first = await api(request);
  if (first.status !== 200) return first;
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    stream: (gone) => push(request, api, { first: read(first).position, gone }),
  };
}

async function* push(
  request: HttpRequest,
  api: (request: HttpRequest) => Promise<HttpReply>,
  { first, gone }: { first: string; gone: AbortSignal },
): AsyncGenerator<string> {
  let position = first;
  yield ': open\n\n';
  for (let round = 1; !gone.aborted; round++) {
    const reply = await api({ ...request, query: new URLSearchParams({ after: position }) });
    if (reply.status !== 200) return;
    const { events, skipped, position: next } = read(reply);
    position = next;
    if (events.length > 0) yield `data: ${JSON.stringify({ events, skipped })}\n\n`;
    else if (round % ALIVE_EVERY === 0) yield ': alive\n\n';
    await pause(EVERY_MS, undefined, { signal: gone }).catch(() => {});
  }
}
