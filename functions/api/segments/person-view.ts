/** One person in a list: enough to know them again and to open their page. */
import * as z from 'zod/mini';
import { factsFrom, plainFacts } from '../../../domain/segments/facts.ts';
import { subjectsIn } from '../../../domain/vault/vault.ts';
import type { Person } from '../../membership/look.ts';
import { described } from '../parameters.ts';
import type { Call } from '../route.ts';
import { type Shown, shownTo } from '../shown.ts';

export const personView = z.object({
  profileId: z.string(),
  userId: z.optional(z.string()),
  name: z.optional(z.string()),
  email: z.optional(z.string()),
  lastSeen: z.optional(z.iso.datetime()),
  orders: z.number(),
  revenue: described('units of the currency', z.number()),
});
export type PersonView = z.infer<typeof personView>;

/** People as the caller may see them. */
export async function viewsOf(
  asking: Pick<Call<unknown, unknown>, 'services' | 'tenant' | 'caller'>,
  people: readonly Person[],
): Promise<PersonView[]> {
  const subjects = new Set<string>();
  for (const { profile } of people) {
    for (const userId of profile.state.userIds) subjects.add(userId);
    for (const name of traits) subjectsIn(profile.state.traits.get(name)?.value ?? null, subjects);
  }
  const shown = await shownTo(asking, subjects);
  return people.map((person) => viewOfPerson(person, shown));
}

const traits = ['name', 'firstName', 'lastName', 'email'] as const;

function viewOfPerson({ id, profile, scores }: Person, shown: Shown): PersonView {
  const { state } = profile;
  const facts = factsFrom(plainFacts(state, scores));
  const text = (name: (typeof traits)[number]): string | undefined => {
    const value = shown.value(state.traits.get(name)?.value ?? null);
    if (value === null || value === '') return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  const [userId] = shown.ids(state.userIds);
  const name = text('name') ?? ([text('firstName'), text('lastName')].filter(Boolean).join(' ') || undefined);
  const email = text('email');
  return {
    profileId: id,
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(state.lastSeen !== undefined && { lastSeen: new Date(state.lastSeen).toISOString() }),
    orders: facts.total('orders') ?? 0,
    revenue: facts.total('revenue') ?? 0,
  };
}
