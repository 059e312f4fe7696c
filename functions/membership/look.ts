/** Reads profiles with what is stored about their segments, and finds where each stands now. */
import { refuses } from '../../domain/consent/record.ts';
import type { Item, Key, Table } from '../../domain/ports.ts';
import { decodeProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { decodeScores, SCORES, type Scores } from '../../domain/scores/scores.ts';
import { factsFrom, plainFacts } from '../../domain/segments/facts.ts';
import { standingKey } from '../../domain/segments/keys.ts';
import { decodeStanding, type Found, type Standing } from '../../domain/segments/standing.ts';
import type { Rules } from './rules.ts';

/** By then scores that were behind their profile have usually been written. */
const SCORES_SOON_MS = 60_000;

export interface Looked {
  readonly id: string;
  readonly key: Key;
  readonly profile: Profile;
  readonly scores: Scores | undefined;
  readonly known: Standing | undefined;
  /** Of the stored standing; 0 where there is none. */
  readonly version: number;
}

export interface Stores {
  readonly profiles: Table;
  readonly segments: Table;
}

/**
 * A standing is read before the profile that it rests on: then the profile is never older than what the standing says of it,
 * and whoever writes meanwhile makes our write fail.
 */
export async function look(
  { profiles, segments }: Stores,
  tenant: string,
  ids: readonly string[],
): Promise<Looked[]> {
  const keys = ids.map((id) => standingKey(tenant, id));
  const standings = await segments.get(keys, { consistent: true });
  const people = await readPeople(profiles, tenant, ids);
  return people.map((person, i) => {
    const item: Item | undefined = standings[i];
    return {
      ...person,
      key: keys[i] ?? standingKey(tenant, person.id),
      known: item && decodeStanding(item),
      version: item?.version ?? 0,
    };
  });
}

export type Person = Pick<Looked, 'id' | 'profile' | 'scores'>;

/** Profiles with their scores, in the order of the ids. */
export async function readPeople(profiles: Table, tenant: string, ids: readonly string[]): Promise<Person[]> {
  const keys = [
    ...ids.map((id) => profileKey(tenant, id)),
    ...ids.map((id) => profileKey(tenant, id, SCORES)),
  ];
  const items = await profiles.get(keys, { consistent: true });
  return ids.map((id, i) => {
    const scores = items[ids.length + i];
    return { id, profile: decodeProfile(tenant, id, items[i]), scores: scores && decodeScores(scores) };
  });
}

/** Joined into another, erased, or never stored. */
export const isGone = ({ version, meta }: Profile): boolean =>
  version === 0 || meta.erased || meta.into !== undefined;

/** Whether somebody may be in segments at all: not when they object to profiling. */
export const isApart = (profile: Profile): boolean =>
  isGone(profile) || refuses(profile.state.consent, 'profiling');

export function find({ profile, scores }: Person, { revision, segments }: Rules, now: number): Found {
  const base = { profileVersion: profile.version, revision };
  if (isGone(profile)) return { ...base, members: [], gone: true, until: Number.POSITIVE_INFINITY };
  if (isApart(profile)) return { ...base, members: [], gone: false, until: Number.POSITIVE_INFINITY };
  const facts = factsFrom(plainFacts(profile.state, scores));
  const late = scores !== undefined && scores.profileVersion < profile.version;
  let until = late ? now + SCORES_SOON_MS : Number.POSITIVE_INFINITY;
  const members = segments.flatMap(({ id, compiled }) => {
    until = Math.min(until, compiled.until(facts, now));
    return compiled.test(facts, now) ? [id] : [];
  });
  return { ...base, members, gone: false, until };
}
