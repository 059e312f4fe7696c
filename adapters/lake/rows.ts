/** Clean events as rows: to lines that DuckDB reads, and back from the rows it answers. */
import * as z from 'zod/mini';
import { type CleanEvent, callTypes, consentSignals, purposes } from '../../events/envelope.ts';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { type Flag, flags } from '../../events/reasons.ts';
import { CURRENT, lift, upcasters } from '../../events/upcast.ts';

/** Columns of a file: name and the type of its value in a line; times are ms since the epoch in both. */
export const columns = {
  version: 'INTEGER',
  tenant: 'VARCHAR',
  source: 'VARCHAR',
  receipt: 'VARCHAR',
  message_id: 'VARCHAR',
  type: 'VARCHAR',
  event: 'VARCHAR',
  user_id: 'VARCHAR',
  anonymous_id: 'VARCHAR',
  previous_id: 'VARCHAR',
  group_id: 'VARCHAR',
  timestamp: 'BIGINT',
  received_at: 'BIGINT',
  trust: 'VARCHAR',
  flags: 'VARCHAR[]',
  properties: 'VARCHAR',
  traits: 'VARCHAR',
  context: 'VARCHAR',
  consent: 'VARCHAR',
} as const;

const text = (value: string | undefined): string | undefined => value?.toWellFormed();
const nested = (value: object | undefined): string | undefined => value && JSON.stringify(value);

/**
 * One line of JSON. Nested values become text, so that DuckDB neither parses nor rewrites them.
 * @throws TypeError for times outside of what a date can hold.
 */
export function lineOf(event: CleanEvent): string {
  if (!(isTime(event.timestamp) && isTime(event.receivedAt))) throw new TypeError('not a clean event');
  return `${JSON.stringify({
    version: event.version,
    tenant: text(event.tenant),
    source: text(event.source),
    receipt: text(event.receipt),
    message_id: text(event.messageId),
    type: event.type,
    event: text(event.event),
    user_id: text(event.userId),
    anonymous_id: text(event.anonymousId),
    previous_id: text(event.previousId),
    group_id: text(event.groupId),
    timestamp: Math.round(event.timestamp),
    received_at: Math.round(event.receivedAt),
    trust: event.trust,
    flags: event.flags,
    properties: nested(event.properties),
    traits: nested(event.traits),
    context: nested(event.context),
    consent: nested(event.consent && { ...event.consent, ...(event.consentBy && { by: event.consentBy }) }),
  })}\n`;
}

const MAX_TIME = 8.64e15;
const isTime = (value: number): boolean => Math.abs(value) <= MAX_TIME;

const jsonObject = z.custom<JsonObject>((value) => isObject(value as Json));
const consentSchema = z.partialRecord(z.enum(purposes), z.boolean());
const consentBySchema = z.object({
  signals: z.array(z.enum(consentSignals)),
  decidedAt: z.optional(z.union([z.number(), z.partialRecord(z.enum(purposes), z.number())])),
  wording: z.optional(z.string()),
});
const isFlag = (flag: string): flag is Flag => Object.hasOwn(flags, flag);

const eventSchema = z.object({
  version: z.literal(1),
  receipt: z.string(),
  tenant: z.string(),
  source: z.string(),
  trust: z.enum(['public', 'signed', 'secret']),
  messageId: z.string(),
  type: z.enum(callTypes),
  event: z.string(),
  userId: z.optional(z.string()),
  anonymousId: z.optional(z.string()),
  previousId: z.optional(z.string()),
  groupId: z.optional(z.string()),
  timestamp: z.number(),
  receivedAt: z.number(),
  properties: jsonObject,
  traits: jsonObject,
  context: jsonObject,
  consent: z.optional(consentSchema),
  consentBy: z.optional(consentBySchema),
  flags: z.pipe(
    z.array(z.string()),
    z.transform((names: string[]) => names.filter(isFlag)),
  ),
});

/** One row as {@link answered} selects it: the event's fields in order, nested ones as JSON text. */
const rowSchema = z.tuple([z.string(), z.string(), z.string(), z.string(), z.nullable(z.string())]);

/** What to select of a row; {@link eventOf} reads it. */
export const answered = `to_json({'version': version, 'receipt': receipt, 'tenant': tenant, 'source': source,
  'trust': trust, 'messageId': message_id, 'type': type, 'event': event, 'userId': user_id,
  'anonymousId': anonymous_id, 'previousId': previous_id, 'groupId': group_id,
  'timestamp': epoch_ms(timestamp), 'receivedAt': epoch_ms(received_at), 'flags': flags})::VARCHAR,
  properties, traits, context, consent`;

/** The event of a row; events of older versions are lifted. @throws when it is no clean event. */
export function eventOf(row: unknown): CleanEvent {
  const [head, properties, traits, context, consent] = rowSchema.parse(row);
  const plain = parseObject(head);
  for (const [name, value] of Object.entries(plain)) if (value === null) delete plain[name];
  const stored: JsonObject = {
    ...plain,
    properties: parseObject(properties),
    traits: parseObject(traits),
    context: parseObject(context),
    ...(consent === null ? {} : consentIn(parseObject(consent))),
  };
  return eventSchema.parse(lift(stored, upcasters, CURRENT)) as CleanEvent;
}

/** Both lie in one column: the choices, and beside them how they came. */
function consentIn({ by, ...choices }: JsonObject): JsonObject {
  return { consent: choices, ...(by !== undefined && { consentBy: by }) };
}

function parseObject(json: string): JsonObject {
  const value: Json = JSON.parse(json);
  if (!isObject(value)) throw new TypeError('not a clean event');
  return value;
}
