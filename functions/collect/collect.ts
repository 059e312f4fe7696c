/** HTTP request -> durable records. Answers 200 only when every event of the request is stored. */

import { truncateAddress } from '../../domain/address.ts';
import { WellspringError } from '../../domain/errors.ts';
import { KeyCache, type SourceKey } from '../../domain/keys.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Envelope } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { quarantineReasons } from '../../events/reasons.ts';
import { scanBody } from '../../events/scan.ts';
import { streams } from '../chain.ts';
import { type HttpReply, type HttpRequest, json } from '../http.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import { authorise } from './authorise.ts';
import { readBody } from './body.ts';
import { cors, preflight } from './cors.ts';
import { RateLimiter } from './rate.ts';
import { Refused, refuse } from './replies.ts';
import { methodOf, type Route, routeOf } from './routes.ts';
import { rudderSourceConfig, segmentSettings } from './settings-replies.ts';

/** Events in one request, at most. */
const EVENTS_LIMIT = 500;

export interface CollectOptions {
  readonly services: Services<'collect'>;
  /** The text of `/tag.js`. */
  readonly tag: string;
  /** True while events can be stored. */
  readonly healthy: () => boolean;
  /** What cleaning will say of an event; asked for senders who want to know at once (`X-Strict: 1`). */
  readonly check: (envelope: Envelope, bytes: Uint8Array) => Outcome<unknown>;
}

const success: HttpReply = json(200, { success: true }, cors);

type EventRoute = Extract<Route, { kind: 'call' | 'batch' }>;

/** Builds the collector; it keeps key look-ups and rate buckets between requests. */
export function makeCollect(options: CollectOptions): (request: HttpRequest) => Promise<HttpReply> {
  const { services } = options;
  const keys = new KeyCache(services.tables.sources);
  const limiter = new RateLimiter();

  const accept = async (request: HttpRequest, route: EventRoute): Promise<HttpReply> => {
    const now = services.clock.now();
    const parsed = parse(readBody(request.body, request.headers['content-encoding']), route);
    const source = await authorise(request, parsed.writeKey, keys, now);
    const wait = limiter.take(
      `${source.tenant}#${source.source}`,
      parsed.spans.length,
      source.eventsPerSecond,
      now,
    );
    if (wait > 0) throw new Refused('rate_limited', { 'retry-after': String(wait) });
    const envelope = envelopeOf(request, route, parsed, source, now);
    const header = JSON.stringify(envelope);
    const packer = new LanePacker(streams.clickstream.lanes);
    parsed.spans.forEach((bytes, i) => packer.add(header, source.tenant, personOf(parsed.events[i]), bytes));
    await services.streams.clickstream.append(packer.take());
    services.metrics.count('accepted', parsed.spans.length, { source: source.source });
    return request.headers['x-strict'] === '1' ? strict(envelope, parsed.spans) : success;
  };

  /** Everything is stored already: what is refused here is in quarantine soon. */
  const strict = (envelope: Envelope, spans: readonly Uint8Array[]): HttpReply => {
    const refused = spans.flatMap((bytes, index) => {
      const outcome = options.check(envelope, bytes);
      if (outcome.kind !== 'quarantine') return [];
      const { reason, detail } = outcome;
      return [
        {
          index,
          code: reason,
          message: quarantineReasons[reason],
          ...(detail === undefined ? {} : { detail }),
        },
      ];
    });
    return json(
      refused.length === spans.length ? 422 : 200,
      { success: refused.length < spans.length, refused },
      cors,
    );
  };

  const answer = async (request: HttpRequest): Promise<HttpReply> => {
    const route = routeOf(request.path);
    if (!route) throw new Refused('not_found');
    if (request.method === 'OPTIONS') return { status: 204, headers: preflight, body: '' };
    const method = methodOf(route);
    if (request.method !== method && !(method === 'GET' && request.method === 'HEAD')) {
      throw new Refused('method_not_allowed', {
        allow: method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS',
      });
    }
    switch (route.kind) {
      case 'call':
      case 'batch':
        return accept(request, route);
      case 'settings':
        return segmentSettings(route.writeKey, request);
      case 'source-config': {
        const source = await authorise(request, undefined, keys, services.clock.now());
        return rudderSourceConfig(request.query.get('writeKey') ?? '', source.source);
      }
      case 'tag':
        return {
          status: 200,
          headers: {
            ...cors,
            'content-type': 'text/javascript; charset=utf-8',
            'cache-control': 'public, max-age=3600',
          },
          body: options.tag,
        };
      case 'health':
        return options.healthy()
          ? json(200, { status: 'ready' })
          : json(503, { status: 'unavailable' }, { 'retry-after': '5' });
    }
  };

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof Refused) return refuse(error.code, request, { ...cors, ...error.headers });
      if (
        error instanceof WellspringError &&
        (error.code === 'stream_unavailable' || error.code === 'disk_full')
      ) {
        return refuse(error.code, request, { ...cors, 'retry-after': '5' });
      }
      throw error;
    }
  };
}

interface Parsed {
  readonly events: readonly Json[];
  /** Original bytes of each event. */
  readonly spans: readonly Uint8Array[];
  readonly writeKey: string | undefined;
  readonly sentAt: number | undefined;
  readonly context: JsonObject | undefined;
}

function parse(bytes: Uint8Array, route: EventRoute): Parsed {
  const scan = scanBody(bytes);
  if (!scan.ok) throw new Refused(scan.error);
  const document = parseJson(bytes);
  if (!isObject(document)) throw new Refused('invalid_json');
  if (Object.keys(document).length === 0) throw new Refused('empty_body');
  const { batch, writeKey, sentAt, context } = document;
  const events = route.kind === 'call' ? [document] : batch;
  if (!Array.isArray(events) || events.length === 0) throw new Refused('empty_batch');
  if (events.length > EVENTS_LIMIT) throw new Refused('too_many_events');
  const spans = route.kind === 'call' ? [bytes] : scan.spans.map(([from, to]) => bytes.subarray(from, to));
  if (spans.length !== events.length) throw new Refused('invalid_json');
  return {
    events,
    spans,
    writeKey: typeof writeKey === 'string' ? writeKey : undefined,
    sentAt: readTime(sentAt),
    context: route.kind === 'batch' && isObject(context) ? context : undefined,
  };
}

function parseJson(bytes: Uint8Array): Json {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw new Refused('invalid_json');
  }
}

function readTime(value: Json | undefined): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

/** Who an event is about, as far as order needs it; the identity proper is decided later. */
function personOf(event: Json | undefined): string {
  if (!isObject(event)) return '';
  const { userId, anonymousId, messageId } = event;
  for (const id of [userId, anonymousId, messageId]) if (typeof id === 'string' && id !== '') return id;
  return '';
}

function envelopeOf(
  request: HttpRequest,
  route: EventRoute,
  parsed: Parsed,
  source: SourceKey,
  now: number,
): Envelope {
  const ip = truncateAddress(request.ip);
  const userAgent = request.headers['user-agent']?.slice(0, 512);
  const replay = request.headers['x-wellspring-replay'] === '1';
  if (replay && source.kind !== 'secret') throw new Refused('secret_key_required');
  return {
    version: 1,
    tenant: source.tenant,
    source: source.source,
    trust: source.kind,
    receivedAt: now,
    ...(parsed.sentAt === undefined ? {} : { sentAt: parsed.sentAt }),
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(request.headers['sec-gpc'] === '1' ? { gpc: true } : {}),
    ...(route.kind === 'call' ? { route: route.call } : {}),
    ...(parsed.context === undefined ? {} : { context: parsed.context }),
    ...(replay ? { replay: true } : {}),
  };
}
