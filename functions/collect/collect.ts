/** HTTP request -> durable records. Answers 200 only when every event of the request is stored. */

import { WellspringError } from '../../domain/errors.ts';
import { KeyCache } from '../../domain/keys.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { RateLimiter } from '../../domain/rate.ts';
import { Subjects } from '../../domain/vault/subject.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import { type Envelope, withheld } from '../../events/envelope.ts';
import { isObject, type Json } from '../../events/json.ts';
import { quarantineReasons } from '../../events/reasons.ts';
import { streams } from '../chain.ts';
import { type HttpReply, type HttpRequest, json } from '../http.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import { authorise } from './authorise.ts';
import { readBody } from './body.ts';
import { cors, preflight } from './cors.ts';
import { Refused, refuse } from './replies.ts';
import { bareHeader, type EventRoute, envelopeOf, parse, personOf } from './request.ts';
import { methodOf, routeOf } from './routes.ts';
import { rudderSourceConfig, segmentSettings } from './settings-replies.ts';

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

/** Builds the collector; it keeps key look-ups and rate buckets between requests. */
export function makeCollect(options: CollectOptions): (request: HttpRequest) => Promise<HttpReply> {
  const { services } = options;
  const keys = new KeyCache(services.tables.sources);
  const limiter = new RateLimiter();
  const list = new SuppressionList(services.tables.suppression);
  const subjects = new Subjects(services.secret);

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
    const isSuppressed = await suppressionOf(source.tenant);
    parsed.spans.forEach((bytes, i) => {
      const event = parsed.events[i];
      if (isSuppressed(event)) packer.add(bareHeader(envelope), source.tenant, '', withheld);
      else packer.add(header, source.tenant, personOf(event), bytes);
    });
    await services.streams.clickstream.append(packer.take());
    services.metrics.count('accepted', parsed.spans.length, { source: source.source });
    return request.headers['x-strict'] === '1' ? strict(envelope, parsed.spans) : success;
  };

  /**
   * Whether an event names anybody on the suppression list. Without an answer of its table the list of the request
   * before holds: cleaning looks again and misses nobody.
   */
  const suppressionOf = async (tenant: string): Promise<(event: Json | undefined) => boolean> => {
    try {
      await list.refresh([tenant]);
    } catch (error) {
      if (!(error instanceof WellspringError && error.retryable)) throw error;
    }
    return (event) => isObject(event) && list.names(subjects, tenant, event);
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
