/** `GET /api/profiles/{id}`: what is known about a person. */
import * as z from 'zod/mini';
import { merge } from '../../domain/profile/merge.ts';
import { People, type Stored } from '../../domain/profile/people.ts';
import { emptyState, type ProfileState } from '../../domain/profile/state.ts';
import { type ProfileView, profileView, view } from '../../domain/profile/view.ts';
import type { Scores } from '../../domain/scores/scores.ts';
import { described } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, ApiServices, Call } from './route.ts';
import { scoredOf, scoresView, storedScores, viewOf } from './score-view.ts';
import { shownTo, shownView, subjectsOfState } from './shown.ts';

export const profileReply = z.object({
  /** Everything that is stored about the person, joined. */
  profile: profileView,
  items: described(
    'the stored profiles one by one: what servers vouched for, and beside it what pages only claimed',
    z.array(
      z.object({
        profileId: z.string(),
        kind: z.enum(['user', 'claim', 'anonymous']),
        trusted: described('whether only trusted senders wrote it', z.boolean()),
        version: z.number(),
        profile: profileView,
      }),
    ),
  ),
  scores: described('what the models expect; `/scores` says why', z.optional(scoresView)),
  merged: described('ids of the device profiles that were taken over', z.array(z.string())),
});

/** @throws Refused `unknown_profile`. */
export async function findPerson(
  { tables, secret }: ApiServices,
  tenant: string,
  id: string,
): Promise<{ people: People; items: Stored[] }> {
  const people = new People({ table: tables.profiles, secret, tenant });
  const items = await people.find(id);
  if (items.length === 0) throw new Refused('unknown_profile');
  return { people, items };
}

export const joined = (items: readonly Stored[]): ProfileState =>
  items.reduce((state, { profile }) => merge(state, profile.state), emptyState());

const scoreTag = ({ profileVersion, behaviour, classes, next }: Scores): string =>
  `s${profileVersion}.${Math.max(behaviour?.at ?? 0, classes?.at ?? 0, next?.at ?? 0).toString(36)}.`;

/** Weak: recency and affinities fade with time although nothing was written. */
const tagOf = (items: readonly Stored[], scored = ''): string =>
  `W/"${scored}${items.map(({ profile }) => `${profile.id}.${profile.version}`).join('-')}"`;

export async function readProfile(
  call: Call<{ id: string }, unknown>,
): Promise<Answer<z.output<typeof profileReply>>> {
  const { services, tenant, path } = call;
  const { items } = await findPerson(services, tenant, path.id);
  const now = services.clock.now();
  const person = scoredOf(items);
  const scores = person && (await storedScores(services, person));
  const whole = joined(items);
  const shown = await shownTo(call, subjectsOfState(whole), path.id);
  const seen = (state: ProfileState): ProfileView => shownView(view(state, now), state, shown);
  return {
    etag: tagOf(items, (shown.whole ? '' : 'm.') + (scores ? scoreTag(scores) : '')),
    value: {
      ...(scores && { scores: viewOf(scores, person, now) }),
      profile: seen(whole),
      items: items.map(({ kind, profile }) => ({
        profileId: profile.id,
        kind,
        trusted: kind === 'user',
        version: profile.version,
        profile: seen(profile.state),
      })),
      merged: [...new Set(items.flatMap(({ profile }) => profile.meta.linked))],
    },
  };
}
