/** A request's body and headers as events and the envelope they share. */
import { truncateAddress } from '../../domain/address.ts';
import type { SourceKey } from '../../domain/keys.ts';
import type { Envelope } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { scanBody } from '../../events/scan.ts';
import type { HttpRequest } from '../http.ts';
import { Refused } from './replies.ts';
import type { Route } from './routes.ts';

/** Events in one request, at most. */
const EVENTS_LIMIT = 500;

export type EventRoute = Extract<Route, { kind: 'call' | 'batch' }>;

export interface Parsed {
  readonly events: readonly Json[];
  /** Original bytes of each event. */
  readonly spans: readonly Uint8Array[];
  readonly writeKey: string | undefined;
  readonly sentAt: number | undefined;
  readonly context: JsonObject | undefined;
}

/** Finds the events of a body and their bytes. @throws Refused */
export function parse(bytes: Uint8Array, route: EventRoute): Parsed {
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
export function personOf(event: Json | undefined): string {
  if (!isObject(event)) return '';
  const { userId, anonymousId, messageId } = event;
  for (const id of [userId, anonymousId, messageId]) if (typeof id === 'string' && id !== '') return id;
  return '';
}

/** What all events of the request have in common. @throws Refused */
export function envelopeOf(
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
    trust: source.kind === 'secret' ? 'secret' : 'public',
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

/** The header of events that are only counted: neither the sender's address nor the shared context. */
export const bareHeader = ({ version, tenant, source, trust, receivedAt }: Envelope): string =>
  JSON.stringify({ version, tenant, source, trust, receivedAt } satisfies Envelope);
