/** `GET /api/profiles/{id}/export`: everything that is stored about a person, with what it is used for, in one document. */
import * as z from 'zod/mini';
import type { ProfileState } from '../../../domain/profile/state.ts';
import { type ProfileView, profileView, view } from '../../../domain/profile/view.ts';
import { readSegments } from '../../../domain/segments/segment.ts';
import { languages, sayRule } from '../../../domain/segments/words.ts';
import { type Destination, destinationsOf } from '../../../domain/webhook/destination.ts';
import { retention } from '../../retention.ts';
import { eventsReply, personEvents } from '../events.ts';
import { described, optional } from '../parameters.ts';
import { findPerson, joined, profileReply } from '../profiles.ts';
import { recommendToPerson } from '../recommendations/answers.ts';
import { recommendationsReply } from '../recommendations/schemas.ts';
import type { Answer, Call } from '../route.ts';
import { readScores, scoresReply } from '../scores.ts';
import { readPersonSegments } from '../segments/members.ts';
import { shownTo, shownView, subjectsOfState } from '../shown.ts';
import { consentOf, consentReply } from './consent.ts';
import { refusedOf, refusedView } from './refused.ts';

/** Events of one reply: together they stay below what a function may answer. */
const EVENTS = 4000;

const moment = z.iso.datetime();
const said = z.object({ en: z.string(), zh: z.string() });

const reason = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  since: z.optional(moment),
  rule: described('in plain words', said),
});

export const packageReply = z.object({
  version: z.literal(1),
  madeAt: moment,
  ids: z.object({
    userIds: z.array(z.string()),
    anonymousIds: z.array(z.string()),
    profileIds: z.array(z.string()),
  }),
  profile: profileView,
  items: profileReply.shape.items,
  ...consentReply.shape,
  segments: described('groups the person is in, and why', z.array(reason)),
  scores: described('what models expect, with the model, its version and what drove it', scoresReply),
  recommendations: described('what would be shown now, and why', recommendationsReply),
  events: described('newest first', eventsReply.shape.events),
  before: described('sent as "before" for older events; absent when these are all', z.optional(moment)),
  refused: described('events that were not applied and are kept for repair', z.array(refusedView)),
  recipients: described(
    'hosts that are told that the person entered or left one of these segments',
    z.array(z.string()),
  ),
  retention: described(
    'what each store holds, for how many days and what for; without days until it is erased',
    z.array(z.object({ store: z.string(), days: z.optional(z.int()), holds: said })),
  ),
});
export type Package = z.output<typeof packageReply>;

export const packageQuery = {
  before: described(
    'the "before" of an earlier reply: only older events',
    z.optional(
      z.pipe(
        moment,
        z.transform((text: string) => Date.parse(text)),
      ),
    ),
  ),
};

type PackageCall = Call<{ id: string }, { before?: number | undefined }>;

/** @throws Refused `unknown_profile`. */
export async function exportPerson(call: PackageCall): Promise<Answer<Package>> {
  const { services, tenant, path } = call;
  const { people, items } = await findPerson(services, tenant, path.id);
  const now = services.clock.now();
  const state = joined(items);
  const own = {
    userIds: [...state.userIds],
    anonymousIds: await people.devicesOf(items, state.anonymousIds),
  };
  const shown = await shownTo(call, subjectsOfState(state), path.id);
  const ids = { userIds: shown.ids(own.userIds), anonymousIds: shown.ids(own.anonymousIds) };
  const seen = (one: ProfileState): ProfileView => shownView(view(one, now), one, shown);
  const about = { ...call, query: {} };
  const rules = {
    limit: 10,
    mode: 'auto',
    inStock: false,
    bought: 'hide',
    diversity: 0,
    exclude: [],
  } as const;
  const [scores, recommendations, segments, events, refused, destinations] = await Promise.all([
    readScores(about),
    recommendToPerson({ ...call, query: rules }),
    reasonsOf(about),
    olderEvents(call, own),
    // Refused before cleaning they carry ids as they came, after it subjects.
    refusedOf(
      services,
      tenant,
      [own, ids].flatMap(({ userIds, anonymousIds }) => [...userIds, ...anonymousIds]),
    ),
    destinationsOf(services.tables.destinations, tenant),
  ]);
  return {
    value: {
      version: 1,
      madeAt: new Date(now).toISOString(),
      ids: { ...ids, profileIds: items.flatMap(({ profile }) => [profile.id, ...profile.meta.linked]) },
      profile: seen(state),
      items: items.map(({ kind, profile }) => ({
        profileId: profile.id,
        kind,
        trusted: kind === 'user',
        version: profile.version,
        profile: seen(profile.state),
      })),
      ...consentOf(items, now),
      segments,
      scores: scores.value,
      recommendations: recommendations.value,
      ...events,
      refused,
      recipients: recipientsOf(segments, destinations),
      retention: retention
        .filter(({ personal }) => personal)
        .map(({ store, days, holds }) => ({ store, holds, ...optional('days', days) })),
    },
  };
}

/** Hosts of destinations that hear of any of these segments; one without a list hears of all. */
const recipientsOf = (
  segments: readonly { readonly id: string }[],
  destinations: readonly Destination[],
): string[] => {
  const heard = destinations.filter(
    ({ segments: wanted }) => wanted.length === 0 || segments.some(({ id }) => wanted.includes(id)),
  );
  return [...new Set(heard.map(({ url }) => new URL(url).host))].sort();
};

/** The segments of a person, with the rule that put them there. */
export async function reasonsOf(call: Call<{ id: string }, unknown>): Promise<z.output<typeof reason>[]> {
  const [{ value }, { active }] = await Promise.all([
    readPersonSegments(call),
    readSegments(call.services.tables.segments, call.tenant),
  ]);
  return value.segments.flatMap(({ id, name, since }) => {
    const segment = active.find((one) => one.id === id);
    if (!segment) return [];
    const { description, rule } = segment;
    const [en, zh] = languages.map((language) => sayRule(rule, language));
    return [{ id, name, description, ...optional('since', since), rule: { en: en ?? '', zh: zh ?? '' } }];
  });
}

interface Ids {
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
}

/** A page ends between two moments, so that no event is in both or in none. */
async function olderEvents(call: PackageCall, ids: Ids): Promise<Pick<Package, 'events' | 'before'>> {
  const { tenant, query, path } = call;
  const asked = { tenant, ...ids, ...optional('to', query.before) };
  const found = await personEvents(call, asked, { id: path.id, limit: EVENTS + 1 });
  const last = found.at(EVENTS);
  if (!last) return { events: found };
  const whole = found.filter(({ timestamp }) => timestamp > last.timestamp);
  const next = new Date(Date.parse(last.timestamp) + 1).toISOString();
  return whole.length > 0 ? { events: whole, before: next } : { events: found, before: last.timestamp };
}
