/**
 * `GET /api/live`: events as they come, raw and as cleaning sees them. It reads along the stream of requests and takes no
 * part in its delivery. Cleaning's field statistics belong to the order of the stream, so filled gaps show in profiles only.
 */
import * as z from 'zod/mini';
import type { StreamRecord } from '../../domain/ports.ts';
import type { Envelope } from '../../events/envelope.ts';
import { parseEnvelope } from '../../events/envelope-schema.ts';
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
  raw: described('as it came, its first 8 KB', z.string()),
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

export async function readLive({
  services,
  tenant,
  query,
}: Call<unknown, { after?: string | undefined }>): Promise<Answer<LiveReply>> {
  return { value: await follow(services, tenant, query.after) };
}

/** What came after a position. @throws Refused `invalid_parameter` for a position that is none. */
export async function follow(
  services: ApiServices,
  tenant: string,
  after: string | undefined,
): Promise<LiveReply> {
  const { records, position } = await services.arriving.read(after).catch((error: unknown) => {
    if (!(error instanceof z.core.$ZodError || error instanceof SyntaxError)) throw error;
    throw new Refused('invalid_parameter', { message: 'The parameter "after" must be a position.' });
  });
  const parts = records.flatMap(partsOf).filter(({ envelope }) => envelope.tenant === tenant);
  const shown = parts.sort((a, b) => a.arrivedAt - b.arrivedAt).slice(-SHOWN);
  return {
    events: shown.map((part) => eventOf(part, services)),
    skipped: parts.length - shown.length,
    position,
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

function eventOf({ envelope, bytes, receipt }: Part, { check }: ApiServices): LiveEvent {
  const outcome = check(envelope, bytes);
  const base = {
    receipt,
    at: new Date(envelope.receivedAt).toISOString(),
    source: envelope.source,
    raw: new TextDecoder().decode(bytes.subarray(0, RAW_BYTES)),
  };
  if (outcome.kind === 'ok') {
    const { type, event, userId, anonymousId, receipt: _own, ...rest } = outcome.value;
    const clean = { type, event, ...rest };
    return {
      ...base,
      outcome: 'clean',
      type,
      event,
      ...optional('userId', userId),
      ...optional('anonymousId', anonymousId),
      clean: { ...clean, ...optional('userId', userId), ...optional('anonymousId', anonymousId) },
    };
  }
  const { reason } = outcome;
  if (outcome.kind === 'suppress') return { ...base, outcome: 'suppressed', reason };
  return { ...base, outcome: 'quarantined', reason, ...optional('detail', outcome.detail) };
}
