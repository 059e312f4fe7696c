/** Who looked at whom and changed what: written before the answer, never changed, kept for 400 days. */
import * as z from 'zod/mini';
import { roles } from '../../domain/access/roles.ts';
import { profileId } from '../../domain/ids.ts';
import { pages, type Table } from '../../domain/ports.ts';
import type { HttpRequest } from '../http.ts';
import { type AuditChains, verifyDay } from './audit-chain.ts';
import type { Caller } from './caller.ts';
import { described, limit, optional } from './parameters.ts';
import type { Answer, ApiServices, Call } from './route.ts';

const LOOKING_ON_MS = 60_000;

const entry = z.object({
  at: z.iso.datetime(),
  caller: described('id of the key or person that asked', z.string()),
  role: z.optional(z.enum(roles)),
  operation: described('operationId of the route', z.string()),
  subject: described('keyed hash of the id that was asked for, where one was', z.optional(z.string())),
  requestId: z.string(),
});
type Entry = z.output<typeof entry>;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const partition = (tenant: string, day: string): string => `${tenant}#audit#${day}`;
const subjectOf = (secret: string, tenant: string, id: string): string =>
  profileId(secret, tenant, 'user', id);

export interface Asked {
  readonly method: string;
  readonly operationId: string;
  readonly id: string | undefined;
}

/** Looking on at the same thing is noted once a minute. */
export class Noted {
  readonly #until = new Map<string, number>();

  /** Whether this is to be noted now. */
  first(caller: Caller, { operationId, id = '' }: Asked, now: number): boolean {
    const key = JSON.stringify([caller.tenant, caller.id, operationId, id]);
    if ((this.#until.get(key) ?? 0) > now) return false;
    if (this.#until.size >= 10_000) this.#until.clear();
    this.#until.set(key, now + LOOKING_ON_MS);
    return true;
  }
}

/** @throws WellspringError `table_unavailable`: then nothing may be shown or done. */
export async function record(
  { services, chains }: { readonly services: ApiServices; readonly chains: AuditChains },
  caller: Caller,
  asked: Asked,
  request: HttpRequest,
): Promise<void> {
  const now = services.clock.now();
  const { operationId, id } = asked;
  const value: Entry = {
    at: new Date(now).toISOString(),
    caller: caller.id,
    ...(caller.role && { role: caller.role }),
    operation: operationId,
    ...(id !== undefined && { subject: subjectOf(services.secret, caller.tenant, id) }),
    requestId: request.requestId,
  };
  const { secret, tables } = services;
  await chains.append({ table: tables.access, secret, tenant: caller.tenant, now }, value);
}

export const auditQuery = {
  day: described('a day as YYYY-MM-DD, UTC; today when absent', z.optional(z.iso.date())),
  subject: described(
    'an id of the person that was asked for',
    z.optional(z.string().check(z.maxLength(256))),
  ),
  limit,
  cursor: described('the cursor of an earlier reply', z.optional(z.string().check(z.maxLength(64)))),
};
export const auditReply = z.object({
  day: z.iso.date(),
  entries: described('newest first', z.array(entry)),
  cursor: described('asks for older ones; absent where there are none', z.optional(z.string())),
});

interface AuditQuery {
  readonly day?: string | undefined;
  readonly subject?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function readAudit({
  services,
  tenant,
  query,
}: Call<unknown, AuditQuery>): Promise<Answer<z.output<typeof auditReply>>> {
  const day = query.day ?? dayOf(services.clock.now());
  const subject = query.subject === undefined ? undefined : subjectOf(services.secret, tenant, query.subject);
  const all = await keptOf(services.tables.access, partition(tenant, day));
  const wanted = all
    .filter(({ value }) => subject === undefined || value.subject === subject)
    .filter(({ key }) => query.cursor === undefined || key < query.cursor)
    .reverse();
  const shown = wanted.slice(0, query.limit);
  const cursor = wanted.length > shown.length ? shown.at(-1)?.key : undefined;
  return { value: { day, entries: shown.map(({ value }) => value), ...optional('cursor', cursor) } };
}

interface Kept {
  /** Sorts by time, and is unique. */
  readonly key: string;
  readonly value: Entry;
}

/** Oldest first. */
async function keptOf(table: Table, pk: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for await (const items of pages((from) => table.query({ pk, ...from })))
    for (const { sk, data } of items)
      kept.push({ key: sk, value: entry.parse(JSON.parse(new TextDecoder().decode(data))) });
  return kept;
}

export const verifyQuery = { day: auditQuery.day };
export const verifyReply = z.object({
  day: z.iso.date(),
  intact: described('nothing of the day was changed or removed', z.boolean()),
  entries: z.int(),
  unlinked: described('entries from before entries were linked', z.int()),
  chains: described('one per process that wrote', z.int()),
  broken: described(
    'the first link that is missing or not as it was written',
    z.optional(z.object({ chain: z.string(), index: z.int() })),
  ),
});

export async function verifyAudit({
  services,
  tenant,
  query,
}: Call<unknown, Pick<AuditQuery, 'day'>>): Promise<Answer<z.output<typeof verifyReply>>> {
  const day = query.day ?? dayOf(services.clock.now());
  const { secret, tables } = services;
  const verdict = await verifyDay({ table: tables.access, secret, tenant }, day);
  return { value: { day, intact: verdict.broken === undefined, ...verdict } };
}
