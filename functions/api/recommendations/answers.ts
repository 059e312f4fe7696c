/** The routes of recommendations for those who may see people: of a person, of a session, and what is known of products. */
import type * as z from 'zod/mini';
import { refuses } from '../../../domain/consent/record.ts';
import type { ProfileState } from '../../../domain/profile/state.ts';
import { ofRecent } from '../../../models/snapshot/behaviour-event.ts';
import { optional } from '../parameters.ts';
import { findPerson, joined } from '../profiles.ts';
import type { Answer, Call } from '../route.ts';
import { type Question, type Recommended, type Rules, recommend } from './recommend.ts';
import type { recommendationsReply } from './schemas.ts';
import type { Offer } from './shelf.ts';

type Told = z.output<typeof recommendationsReply>;

/** What anybody may see of a product. */
export const offerView = (offer: Offer | undefined) => ({
  ...optional('name', offer?.name),
  ...optional('category', offer?.category),
  ...optional('price', offer?.price),
  ...optional('currency', offer?.currency),
  ...optional('url', offer?.url),
  ...optional('imageUrl', offer?.imageUrl),
});

function viewOf({ shown, visit, served, missing }: Recommended, rules: Rules, profiling: boolean): Told {
  return {
    mode: rules.mode,
    items: shown.map(({ item, score, because, from, offer }) => ({
      item,
      ...offerView(offer),
      ...optional('stock', offer?.stock),
      because,
      from,
      score,
    })),
    visit: [...visit],
    models: {
      ...optional('behaviour', served.behaviour?.version),
      ...optional('neighbours', served.neighbours?.version),
    },
    ...optional('missing', missing),
    profiling,
  };
}

/** What may be used of a person's past: nothing where they do not want it to be. */
export function pastOf(state: ProfileState): Pick<Question, 'recent'> & { readonly profiling: boolean } {
  const profiling = !refuses(state.consent, 'profiling');
  return { profiling, recent: profiling ? state.recent.map(ofRecent) : [] };
}

export async function recommendToPerson({
  services,
  tenant,
  path,
  query,
}: Call<{ id: string }, Rules>): Promise<Answer<Told>> {
  const { items } = await findPerson(services, tenant, path.id);
  const { recent, profiling } = pastOf(joined(items));
  const profile = items[0]?.profile.id ?? '';
  const found = await recommend(services, { tenant, profile, recent, items: [], rules: query });
  return { value: viewOf(found, query, profiling) };
}

export async function recommendToSession({
  services,
  tenant,
  query,
}: Call<unknown, Rules & { readonly items: readonly string[] }>): Promise<Answer<Told>> {
  const { items } = query;
  const found = await recommend(services, { tenant, profile: '', recent: [], items, rules: query });
  return { value: viewOf(found, query, true) };
}
