/** `GET /api/quarantine`: refused events with the reason and the bytes as they came. */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Objects } from '../../domain/ports.ts';
import { callTypes, type Quarantined } from '../../events/envelope.ts';
import { type QuarantineReason, quarantineReasons } from '../../events/reasons.ts';
import { namesOf } from '../uses.ts';
import { described, invalid, optional } from './parameters.ts';
import { entriesOf, type Found, filesOf, folderOf, type Position } from './quarantine-store.ts';
import type { Answer, Call } from './route.ts';

/** Files that are read for one answer. */
const FILES = 200;

export const reason = described(
  'one of the reasons for which events are refused',
  z.optional(z.enum(namesOf(quarantineReasons))),
);
export const day = described('a day of receipt in UTC, as YYYY-MM-DD', z.optional(z.iso.date()));
export const cursor = described('the cursor of an earlier reply', z.optional(z.string()));

const entryView = z.object({
  receipt: z.string(),
  receivedAt: z.iso.datetime(),
  reason: z.string(),
  message: z.string(),
  detail: z.optional(z.string()),
  step: z.enum(['clean', 'features']),
  at: described('when it was refused', z.iso.datetime()),
  envelope: z.object({
    source: z.string(),
    trust: z.enum(['public', 'secret']),
    sentAt: z.optional(z.iso.datetime()),
    ip: z.optional(z.string()),
    userAgent: z.optional(z.string()),
    gpc: z.optional(z.boolean()),
    route: z.optional(z.enum(callTypes)),
    context: z.optional(z.record(z.string(), z.unknown())),
    replay: z.optional(z.boolean()),
  }),
  text: described('the event as text, where it is valid UTF-8', z.optional(z.string())),
  original: described('the bytes as they came, base64', z.string()),
  complete: described('whether all bytes were kept', z.boolean()),
  digest: described('SHA-256 of all bytes, hex', z.string()),
});

export const quarantineReply = z.object({
  items: described('in order of the hour of receipt', z.array(entryView)),
  cursor: described(
    'asks for what follows; there may be fewer items than asked for, and still more to come',
    z.optional(z.string()),
  ),
});

export interface QuarantineQuery {
  readonly reason?: QuarantineReason | undefined;
  readonly day?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface EntryPage {
  readonly entries: Quarantined[];
  readonly cursor?: string;
}

const positionSchema = z.tuple([
  z.nullable(z.string()),
  z.string(),
  z.number().check(z.minimum(0), z.multipleOf(1)),
]);

const toCursor = ({ page, key, line }: Position): string =>
  Buffer.from(JSON.stringify([page ?? null, key, line])).toString('base64url');

function fromCursor(text: string): Position {
  try {
    const [page, key, line] = positionSchema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
    return { page: page ?? undefined, key, line };
  } catch {
    throw invalid('cursor', 'the cursor of an earlier reply');
  }
}

/** One page of refused events. @throws Refused `invalid_parameter` for a cursor that is none. */
export async function entryPage(
  objects: Objects,
  tenant: string,
  query: QuarantineQuery,
): Promise<EntryPage> {
  const from = query.cursor === undefined ? undefined : fromCursor(query.cursor);
  const entries: Quarantined[] = [];
  for await (const { entry, position } of walk(objects, folderOf(tenant, query.day), from)) {
    if (!entry) return { entries, cursor: toCursor(position) };
    if (query.reason !== undefined && entry.reason !== query.reason) continue;
    if (entries.length === query.limit) return { entries, cursor: toCursor(position) };
    entries.push(entry);
  }
  return { entries };
}

/** Entries in order; one without an entry says where to read on when enough files were read. */
async function* walk(
  objects: Objects,
  folder: string,
  from: Position | undefined,
): AsyncGenerator<Pick<Found, 'position'> & Partial<Found>> {
  let files = 0;
  for await (const { key, page } of filesOf(objects, folder, from)) {
    const start = key === from?.key ? from.line : 0;
    if (files++ === FILES) {
      yield { position: { page, key, line: start } };
      return;
    }
    for (const [line, entry] of (await entriesOf(objects, key)).entries()) {
      if (line >= start) yield { entry, position: { page, key, line } };
    }
  }
}

export async function readQuarantine(
  call: Call<unknown, QuarantineQuery>,
): Promise<Answer<z.output<typeof quarantineReply>>> {
  const { services, tenant, query } = call;
  const found = await entryPage(services.objects, tenant, query);
  return { value: { items: found.entries.map(shown), ...optional('cursor', found.cursor) } };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** False when only the head of a large event was kept. */
export const isComplete = ({ original, digest }: Quarantined): boolean =>
  hash('sha256', Buffer.from(original, 'base64'), 'hex') === digest;

function shown(entry: Quarantined): z.output<typeof entryView> {
  const { envelope } = entry;
  const { source, trust, sentAt, ip, userAgent, gpc, route, context, replay } = envelope;
  const bytes = Buffer.from(entry.original, 'base64');
  const known = namesOf(quarantineReasons).find((name) => name === entry.reason);
  return {
    receipt: entry.receipt,
    receivedAt: iso(envelope.receivedAt),
    reason: entry.reason,
    message: known === undefined ? '' : quarantineReasons[known],
    ...optional('detail', entry.detail),
    step: entry.step,
    at: iso(entry.at),
    envelope: {
      source,
      trust,
      ...optional('sentAt', sentAt === undefined ? undefined : iso(sentAt)),
      ...optional('ip', ip),
      ...optional('userAgent', userAgent),
      ...optional('gpc', gpc),
      ...optional('route', route),
      ...optional('context', context),
      ...optional('replay', replay),
    },
    ...optional('text', isUtf8(bytes) ? bytes.toString('utf8') : undefined),
    original: entry.original,
    complete: isComplete(entry),
    digest: entry.digest,
  };
}
