/** Who must not be processed, and how long each store keeps what. */
import * as z from 'zod/mini';
import { isSubject, subjectOf } from '../../../domain/vault/subject.ts';
import {
  type SuppressionEntry,
  suppressionEntries,
  suppressionReasons,
  unsuppress,
} from '../../../domain/vault/suppression.ts';
import { retention } from '../../retention.ts';
import { described, optional } from '../parameters.ts';
import type { Answer, Call } from '../route.ts';

/** Entries shown. */
const SHOWN = 200;

export const suppressionReply = z.object({
  size: described('people on the list, by each of their ids', z.int()),
  refusals: described('ids of people who refuse analytics', z.int()),
  entries: described(
    `up to ${SHOWN} of the list, newest first`,
    z.array(
      z.object({
        subject: described('pseudonym of an id', z.string()),
        reason: z.enum(suppressionReasons),
        at: z.iso.datetime(),
      }),
    ),
  ),
});

export async function readSuppression({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof suppressionReply>>> {
  const table = services.tables.suppression;
  const all: SuppressionEntry[] = [];
  for await (const entry of suppressionEntries(table, tenant)) all.push(entry);
  let refusals = 0;
  for await (const _ of suppressionEntries(table, tenant, 'refusal')) refusals++;
  const entries = all
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN)
    .map(({ subject, reason, at }) => ({ subject, reason, at: new Date(at).toISOString() }));
  return { value: { size: all.length, refusals, entries } };
}

export const unsuppressReply = z.object({ unsuppressed: z.literal(true) });

/** By a pseudonym of the list, or by an id of the person. What was erased stays erased. */
export async function unsuppressPerson({
  services,
  tenant,
  path: { id },
}: Call<{ id: string }, unknown>): Promise<Answer<z.output<typeof unsuppressReply>>> {
  const { secret, tables } = services;
  const subjects = isSubject(id)
    ? [id]
    : [subjectOf(secret, tenant, 'user', id), subjectOf(secret, tenant, 'device', id)];
  await unsuppress(tables.suppression, tenant, subjects);
  return { value: { unsuppressed: true } };
}

export const retentionReply = z.object({
  stores: z.array(
    z.object({
      store: z.string(),
      personal: described('whether it holds anything about people', z.boolean()),
      days: described('absent: until it is erased or deleted', z.optional(z.int())),
      holds: z.object({ en: z.string(), zh: z.string() }),
    }),
  ),
});

export const readRetention = async (): Promise<Answer<z.output<typeof retentionReply>>> => ({
  value: {
    stores: retention.map(({ store, personal, days, holds }) => ({
      store,
      personal,
      holds,
      ...optional('days', days),
    })),
  },
});
