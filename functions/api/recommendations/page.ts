/**
 * `POST /api/recommendations`: what a page shows. Anybody can read the write key, so the answer holds items and nothing else,
 * and a person's past is used only for the device it happened on, or with the token of the shop's server.
 */
import type * as z from 'zod/mini';
import { verifyUserToken } from '../../../domain/identity.ts';
import { People, type Stored } from '../../../domain/profile/people.ts';
import { readJson } from '../body.ts';
import { joined } from '../profiles.ts';
import type { Answer, ApiServices, Call } from '../route.ts';
import { offerView, pastOf } from './answers.ts';
import { recommend } from './recommend.ts';
import { type pageReply, type RecommendationBody, recommendationBody } from './schemas.ts';

export async function recommendToPage({
  services,
  caller,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof pageReply>>> {
  const body = readJson(recommendationBody, request);
  const people = new People({ table: services.tables.profiles, secret: services.secret, tenant });
  const found = await (caller.role === undefined
    ? asPage(services, tenant, people, body)
    : asServer(people, body));
  const { recent } = pastOf(joined(found));
  const profile = found[0]?.profile.id ?? '';
  const { shown } = await recommend(services, { tenant, profile, recent, items: body.items, rules: body });
  return {
    value: { items: shown.map(({ item, because, offer }) => ({ item, ...offerView(offer), because })) },
  };
}

async function asServer(people: People, { userId, anonymousId }: RecommendationBody): Promise<Stored[]> {
  const found = userId === undefined ? [] : await people.ofUser(userId);
  return found.length > 0 || anonymousId === undefined ? found : people.find(anonymousId);
}

async function asPage(
  { secret }: ApiServices,
  tenant: string,
  people: People,
  { userId, userToken, anonymousId }: RecommendationBody,
): Promise<Stored[]> {
  if (userId !== undefined && userToken !== undefined && verifyUserToken(secret, tenant, userId, userToken))
    return people.ofUser(userId);
  return anonymousId === undefined ? [] : people.ofDevice(anonymousId);
}
