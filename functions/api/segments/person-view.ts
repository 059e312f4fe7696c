/** One person in a list: enough to know them again and to open their page. */
import * as z from 'zod/mini';
import { factsFrom, plainFacts } from '../../../domain/segments/facts.ts';
import type { Person } from '../../membership/look.ts';
import { described } from '../parameters.ts';

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

export function viewOfPerson({ id, profile, scores }: Person): PersonView {
  const { state } = profile;
  const facts = factsFrom(plainFacts(state, scores));
  const text = (name: string): string | undefined => {
    const value = facts.trait(name);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const [userId] = [...state.userIds].sort();
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
