/** `GET /api/profiles/{id}/events`: what a person did, newest first. */
import * as z from 'zod/mini';
import type { Lake, LakeQuery } from '../../domain/lake.ts';
import { subjectsIn } from '../../domain/vault/vault.ts';
import { type CallType, type CleanEvent, callTypes } from '../../events/envelope.ts';
import { optional } from './parameters.ts';
import { findPerson, joined } from './profiles.ts';
import type { Answer, Call } from './route.ts';
import { type Asking, type Shown, shownTo } from './shown.ts';

/** Events that are looked at for one answer. */
const LOOKS = 16_000;

const object = z.record(z.string(), z.unknown());

export const eventsReply = z.object({
  events: z.array(
    z.object({
      messageId: z.string(),
      type: z.enum(callTypes),
      event: z.string(),
      timestamp: z.iso.datetime(),
      receivedAt: z.iso.datetime(),
      source: z.string(),
      trust: z.enum(['public', 'signed', 'secret']),
      userId: z.optional(z.string()),
      anonymousId: z.optional(z.string()),
      groupId: z.optional(z.string()),
      properties: object,
      traits: object,
      context: object,
      consent: z.optional(z.record(z.string(), z.boolean())),
      flags: z.array(z.string()),
      receipt: z.string(),
    }),
  ),
});

type EventsReply = z.output<typeof eventsReply>;

export interface EventsQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly type?: CallType | undefined;
}

export async function readEvents(call: Call<{ id: string }, EventsQuery>): Promise<Answer<EventsReply>> {
  const { services, tenant, path, query } = call;
  const { people, items } = await findPerson(services, tenant, path.id);
  const { userIds, anonymousIds } = joined(items);
  const asked = {
    tenant,
    userIds: [...userIds],
    anonymousIds: await people.devicesOf(items, anonymousIds),
    ...optional('from', query.from),
    ...optional('to', query.to),
  };
  const { limit, type } = query;
  return { value: { events: await personEvents(call, asked, { id: path.id, limit, type }) } };
}

interface Wanted {
  /** The id that was asked for. */
  readonly id: string;
  readonly limit: number;
  readonly type?: CallType | undefined;
}

/** A person's events, newest first. On a shared device others are named too: those events are theirs. */
export async function personEvents(
  asking: Asking,
  asked: Omit<LakeQuery, 'limit'>,
  { id, limit, type }: Wanted,
): Promise<EventsReply['events']> {
  const own = new Set(asked.userIds);
  const wanted = (event: CleanEvent): boolean =>
    (event.userId === undefined || own.has(event.userId)) && (type === undefined || event.type === type);
  const events = await newest(asking.services.lake, asked, limit, wanted);
  const subjects = new Set<string>();
  for (const { userId, anonymousId, traits, properties } of events) {
    if (userId !== undefined) subjects.add(userId);
    if (anonymousId !== undefined) subjects.add(anonymousId);
    subjectsIn([traits, properties], subjects);
  }
  const shown = await shownTo(asking, subjects, id);
  return events.map((event) => eventView(event, shown));
}

/** The lake knows nothing of `wanted`, so it is asked for more until enough are found. */
async function newest(
  lake: Lake,
  query: Omit<LakeQuery, 'limit'>,
  limit: number,
  wanted: (event: CleanEvent) => boolean,
): Promise<CleanEvent[]> {
  for (let ask = limit; ; ask = Math.min(ask * 4, LOOKS)) {
    const found = await lake.events({ ...query, limit: ask });
    const kept = found.filter(wanted);
    if (kept.length >= limit || found.length < ask || ask >= LOOKS) return kept.slice(0, limit);
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const eventView = (event: CleanEvent, shown: Shown): EventsReply['events'][number] => ({
  messageId: event.messageId,
  type: event.type,
  event: event.event,
  timestamp: iso(event.timestamp),
  receivedAt: iso(event.receivedAt),
  source: event.source,
  trust: event.trust,
  ...optional('userId', event.userId && shown.id(event.userId)),
  ...optional('anonymousId', event.anonymousId && shown.id(event.anonymousId)),
  ...optional('groupId', event.groupId),
  properties: shown.object(event.properties),
  traits: shown.object(event.traits),
  context: event.context,
  ...optional('consent', event.consent),
  flags: [...event.flags],
  receipt: event.receipt,
});
