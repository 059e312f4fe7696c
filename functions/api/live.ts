/**
 * `GET /api/live`: events as they come, raw and as cleaning sees them. It reads along the stream of requests and takes no
 * part in its delivery. Cleaning's field statistics belong to the order of the stream, so filled gaps show in profiles only.
 */
import * as z from 'zod/mini';
import { seesIdentifiers } from '../../domain/access/roles.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { maskId, maskValue } from '../../domain/vault/mask.ts';
import type { Envelope } from '../../events/envelope.ts';
import { parseEnvelope } from '../../events/envelope-schema.ts';
import type { Json } from '../../events/json.ts';
import { unpack } from '../../events/packed.ts';
import { described, optional } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, ApiServices, Call } from './route.ts';

/** Of one reply; a person reads no more. */
const SHOWN = 100;
const RAW_BYTES = 8192;

const liveEvent = z.object({
  receipt: described('names the accepted copy', z.string()),
  at: described('when it was received', z.iso.datetime()),
  source: z.string(),
  outcome: z.enum(['clean', 'quarantined', 'suppressed']),
  reason: described('code, where it was refused', z.optional(z.string())),
  detail: z.optional(z.string()),
  type: z.optional(z.string()),
  event: z.optional(z.string()),
  userId: z.optional(z.string()),
  anonymousId: z.optional(z.string()),
  raw: described('as it came, its first 8 KB; its texts are masked for viewers', z.string()),
  clean: described('as the chain goes on with it', z.optional(z.record(z.string(), z.unknown()))),
});
export type LiveEvent = z.output<typeof liveEvent>;

export const liveReply = z.object({
  events: described('oldest first', z.array(liveEvent)),
  skipped: described('events that came too fast to be shown', z.int()),
  position: described('sent as "after" with the next question', z.string()),
});
type LiveReply = z.output<typeof liveReply>;

export const livePosition = described(
  'the position of the reply before; without it the reply says where to begin',
  z.optional(z.string().check(z.maxLength(6000))),
);

/** What came after a position. @throws Refused `invalid_parameter` for a position that is none. */
export async function readLive({
  services,
  tenant,
  caller,
  query: { after },
}: Call<unknown, { after?: string | undefined }>): Promise<Answer<LiveReply>> {
  const { records, position } = await services.arriving.read(after).catch((error: unknown) => {
    if (!(error instanceof z.core.$ZodError || error instanceof SyntaxError)) throw error;
    throw new Refused('invalid_parameter', { message: 'The parameter "after" must be a position.' });
  });
  const parts = records.flatMap(partsOf).filter(({ envelope }) => envelope.tenant === tenant);
  const shown = parts.sort((a, b) => a.arrivedAt - b.arrivedAt).slice(-SHOWN);
  const whole = seesIdentifiers(caller.role);
  return {
    value: {
      events: shown.map((part) => eventOf(part, services, whole)),
      skipped: parts.length - shown.length,
      position,
    },
  };
}

interface Part {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  readonly receipt: string;
  readonly arrivedAt: number;
}

/** A record that cannot be read has no tenant to show it to. */
function partsOf({ data, shard, sequence, arrivedAt }: StreamRecord): Part[] {
  try {
    const { header, parts } = unpack(data);
    const envelope = parseEnvelope(header);
    return parts.map((bytes, i) => ({ envelope, bytes, arrivedAt, receipt: `${shard}:${sequence}:${i}` }));
  } catch {
    return [];
  }
}

function eventOf({ envelope, bytes, receipt }: Part, { check }: ApiServices, whole: boolean): LiveEvent {
  const outcome = check(envelope, bytes);
  const raw = new TextDecoder().decode(bytes.subarray(0, RAW_BYTES));
  const base = {
    receipt,
    at: new Date(envelope.receivedAt).toISOString(),
    source: envelope.source,
    raw: whole ? raw : masked(raw),
  };
  if (outcome.kind === 'ok') {
    const { clean: event, userId, anonymousId } = outcome.value;
    const { receipt: _own, ...clean } = event;
    const seen = (id: string | undefined): string | undefined =>
      id === undefined || whole ? id : maskId(id);
    return {
      ...base,
      outcome: 'clean',
      type: clean.type,
      event: clean.event,
      ...optional('userId', seen(userId)),
      ...optional('anonymousId', seen(anonymousId)),
      clean,
    };
  }
  const { reason } = outcome;
  if (outcome.kind === 'suppress') return { ...base, outcome: 'suppressed', reason };
  return { ...base, outcome: 'quarantined', reason, ...optional('detail', outcome.detail) };
}

/** The shape of an event and none of its texts and numbers, for those who see no identifiers. */
function masked(raw: string): string {
  try {
    const value: Json = JSON.parse(raw);
    return JSON.stringify(maskValue(value));
  } catch {
    return '';
  }
}
