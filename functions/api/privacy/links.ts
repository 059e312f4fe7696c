/** `POST /api/privacy/links`: a link to a person's own page, for a shop to send to them. */
import * as z from 'zod/mini';
import { signLink } from '../../../domain/privacy/link.ts';
import { readJson } from '../body.ts';
import { described, personId } from '../parameters.ts';
import { findPerson } from '../profiles.ts';
import { Refused } from '../replies.ts';
import type { Answer, Call } from '../route.ts';
import { scoredOf } from '../score-view.ts';

const HOUR_MS = 3_600_000;

export const linkBody = z.object({
  id: personId,
  hours: described('for which the link works', z._default(z.int().check(z.minimum(1), z.maximum(720)), 72)),
});
export const linkReply = z.object({
  path: described(
    'of the page; the token stands behind the hash, so that no server sees it in an address',
    z.string(),
  ),
  expiresAt: z.iso.datetime(),
});

/** @throws Refused `unknown_profile` or `invalid_body`. */
export async function makePersonLink({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof linkReply>>> {
  const { id, hours } = readJson(linkBody, request);
  const { items } = await findPerson(services, tenant, id);
  const person = scoredOf(items);
  if (!person) throw new Refused('unknown_profile');
  const expiresAt = services.clock.now() + hours * HOUR_MS;
  const token = signLink(services.secret, { tenant, profile: person.profile.id, expiresAt });
  return { value: { path: `/me/#${token}`, expiresAt: new Date(expiresAt).toISOString() } };
}
