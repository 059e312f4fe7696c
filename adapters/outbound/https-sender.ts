/**
 * Posts to a receiver that somebody else named. Each address that its name stands for is checked, and the connection goes to
 * the one that was checked: an answer of the name service that changes in between changes nothing. No redirect is followed,
 * no proxy of the environment is used, and of the reply no more is read than a little.
 */
import { lookup as lookUp } from 'node:dns/promises';
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isLoopback, isPublicAddress } from '../../domain/webhook/address.ts';
import type { Letter, Sender, SendFailure, SendOutcome } from '../../domain/webhook/sender.ts';
import { literalOf, readWebhookUrl } from '../../domain/webhook/url.ts';

const TIMEOUT_MS = 5000;
const HEADER_BYTES = 16 * 1024;
const BODY_BYTES = 64 * 1024;
const LONGEST_WAIT_MS = 3_600_000;

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface HttpsSenderOptions {
  /** Lets `http` go to this machine, for those who try it out. @default false */
  readonly loopback?: boolean;
  /** For everything from the look-up to the end of the reply, ms. @default 5000 */
  readonly timeoutMs?: number;
  /** @default the system's */
  readonly lookup?: (host: string) => Promise<readonly Address[]>;
  /** Certificates to trust beside the usual ones. */
  readonly ca?: string;
}

const failed = (reason: SendFailure): SendOutcome => ({ kind: 'failed', reason });

/** Answers every question with the address that was checked. */
const pinned =
  ({ address, family }: Address): LookupFunction =>
  (_host, options, done) => {
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };

export class HttpsSender implements Sender {
  readonly #options: HttpsSenderOptions;

  constructor(options: HttpsSenderOptions = {}) {
    this.#options = options;
  }

  async send(letter: Letter): Promise<SendOutcome> {
    const { loopback = false, timeoutMs = TIMEOUT_MS } = this.#options;
    const url = readWebhookUrl(letter.url, { loopback });
    if (typeof url === 'string') return failed('forbidden_url');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const tooLate = new Promise<SendOutcome>((resolve) => {
      late.signal.addEventListener('abort', () => resolve(failed('timed_out')));
    });
    try {
      return await Promise.race([this.#deliver(url, letter, late.signal), tooLate]);
    } finally {
      clearTimeout(timer);
      late.abort();
    }
  }

  async #deliver(url: URL, letter: Letter, signal: AbortSignal): Promise<SendOutcome> {
    const addresses = await this.#addressesOf(url);
    const [first] = addresses;
    if (!first) return failed('unresolved');
    const plain = url.protocol === 'http:';
    const allowed = plain ? isLoopback : isPublicAddress;
    if (!addresses.every(({ address }) => allowed(address))) return failed('forbidden_address');
    return signal.aborted ? failed('timed_out') : this.#post(url, letter, first, signal);
  }

  async #addressesOf(url: URL): Promise<readonly Address[]> {
    const literal = literalOf(url);
    if (literal !== undefined) return [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
    const { lookup = (host: string) => lookUp(host, { all: true }) } = this.#options;
    return lookup(url.hostname).catch(() => []);
  }

  #post(url: URL, { headers, body }: Letter, to: Address, signal: AbortSignal): Promise<SendOutcome> {
    const { ca } = this.#options;
    const options = {
      method: 'POST',
      lookup: pinned(to),
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'identity',
        'user-agent': 'wellspring-webhook/1',
      },
      maxHeaderSize: HEADER_BYTES,
      signal,
    };
    return new Promise((resolve) => {
      const sent: ClientRequest =
        url.protocol === 'http:'
          ? overHttp(url, { ...options, agent: new HttpAgent({ keepAlive: false }) })
          : overHttps(url, { ...options, agent: new HttpsAgent({ keepAlive: false }), ...(ca && { ca }) });
      sent.once('response', (reply) => readReply(reply, sent).then(resolve));
      sent.once('error', (error: NodeJS.ErrnoException) => resolve(failed(reasonOf(error))));
      sent.end(body);
    });
  }
}

const reasonOf = ({ name, code = '' }: NodeJS.ErrnoException): SendFailure =>
  name === 'AbortError' ? 'timed_out' : code.startsWith('HPE_') ? 'invalid_reply' : 'unreachable';

/** A status counts once it has come, whatever the rest does; the rest is dropped, and cut off where it is long. */
function readReply(reply: IncomingMessage, sent: ClientRequest): Promise<SendOutcome> {
  const { statusCode: status = 0, headers } = reply;
  const wait = waitOf(headers['retry-after']);
  const outcome: SendOutcome = {
    kind: 'answered',
    status,
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
  return new Promise((resolve) => {
    let size = 0;
    const end = (): void => {
      resolve(outcome);
      sent.destroy();
    };
    reply.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES) end();
    });
    reply.once('close', end);
    reply.once('error', end);
  });
}

/** `Retry-After` in seconds, ms; a date or anything else is left to our own patience. */
function waitOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(LONGEST_WAIT_MS, Number(header) * 1000)
    : undefined;
}
