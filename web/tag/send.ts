/** One request to the collector, and how long to wait after a failed one. Times in milliseconds. */

/** Bytes of a body, at most: browsers carry 64 KB past the end of a page. */
export const BODY_LIMIT = 60_000;

const TIMEOUT = 20_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const LONGEST_ASKED = 86_400_000;

export interface Verdict {
  /** Accepted. */
  readonly ok?: boolean;
  /** The same events may succeed later: no connection, 408, 429 or 5xx. Neither this nor ok: refused for good. */
  readonly retry?: boolean;
  /** What `Retry-After` asks for; 0 when it does not say. */
  readonly after: number;
}

/** Bytes of a text. */
export const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

/** Reads `Retry-After`, in seconds or as a date. */
export function retryAfter(header: string | null, now: number): number {
  const wait = Number(header) * 1000 || Date.parse(`${header}`) - now;
  return wait > 0 ? Math.min(wait, LONGEST_ASKED) : 0;
}

/**
 * Pause after that many failures in a row: doubles from 1 s to 60 s, half of it random, so that many browsers
 * do not come back at once. Never shorter than the server asked.
 */
export function pause(failures: number, after: number, random: number): number {
  const half = Math.min(LONGEST_PAUSE / 2, (FIRST_PAUSE / 4) * 2 ** failures);
  return after ? after + FIRST_PAUSE * random : half * (1 + random);
}

/** A text body is sent as text/plain, which needs no preflight. It outlives the page if it is small enough. */
async function request(url: string, body: string): Promise<Response> {
  const keepalive = sizeOf(body) <= BODY_LIMIT;
  const reply = await fetch(url, { method: 'POST', body, keepalive, signal: AbortSignal.timeout?.(TIMEOUT) });
  // Until a reply has been read, its request counts against the 64 KB that may outlive the page.
  await reply.text();
  return reply;
}

export const post = (url: string, body: string): Promise<Verdict> =>
  request(url, body).then(
    ({ ok, status, headers }) => ({
      ok,
      retry: status > 499 || status === 429 || status === 408,
      after: retryAfter(headers.get('retry-after'), Date.now()),
    }),
    () => ({ retry: true, after: 0 }),
  );

/** Sends without hearing back, for a page that is going. */
export function farewell(url: string, body: string): void {
  if (!navigator.sendBeacon?.(url, body)) request(url, body).catch(() => undefined);
}
