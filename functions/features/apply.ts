/** One profile and what arrived for it -> the profile's next state and what became of each event. Pure. */
import { isRefused } from '../../domain/consent/record.ts';
import { fold } from '../../domain/profile/fold.ts';
import type { Effect, Profile } from '../../domain/profile/item.ts';
import { merge } from '../../domain/profile/merge.ts';
import { Recent } from '../../domain/profile/recent.ts';
import type { Arrival } from './arrival.ts';

/** Hours for which a repeat of a message is recognised. */
export const WINDOW_HOURS = 24;

/** Events of one profile within the window; more than that no person causes. */
export const RATE_LIMIT = 5000;

/** `again`: this very record was applied before and is delivered once more; it counts as applied, once. */
export type Fate =
  | 'applied'
  | 'again'
  | 'duplicate'
  | 'redelivered'
  | 'id_reuse'
  | 'rate'
  | 'consent_denied'
  | 'erased'
  | 'suppressed';

export interface Side {
  readonly sk: string;
  readonly content: Recent;
}

export interface Applied {
  readonly fates: Fate[];
  /** Whether the profile must be written. */
  readonly changed: boolean;
  /** Effects to publish once the profile is stored. */
  readonly effects: readonly Effect[];
  /** Older known messages to store beside the profile first. */
  readonly sides: readonly Side[];
}

/** Frozen profiles that concern a batch. */
export interface Frozen {
  /** Linked to this profile, which takes their content over; joining one twice changes nothing. */
  readonly absorbed: readonly Profile[];
  /** Led arrivals here; a message they know was counted before. */
  readonly via: readonly Profile[];
}

/** Changes `profile` in place. `now`: ms since the epoch. */
export function apply(
  profile: Profile,
  arrivals: readonly Arrival[],
  { absorbed, via }: Frozen,
  now: number,
): Applied {
  const merged = !profile.meta.erased && absorbed.filter((other) => join(profile, other)).length > 0;
  const frozen = via.flatMap((other) => [other.recent, ...other.sides]);
  const first = profile.state.firstSeen === undefined;
  const before = profile.recent.size;
  const fates = arrivals.map((arrival) => applyOne(profile, frozen, arrival));
  if (!merged && profile.recent.size === before) {
    const again = fates.includes('again');
    return { fates, changed: false, effects: again ? profile.meta.out : [], sides: [] };
  }
  const sides = shrink(profile, Math.floor(now / 3_600_000));
  const effects = nextEffects(profile, { merged, first, fates }, now);
  return { fates, changed: true, effects, sides };
}

/** True when anything was new. */
function join(profile: Profile, other: Profile): boolean {
  if (profile.meta.linked.includes(other.id)) return false;
  profile.meta.linked.push(other.id);
  profile.state = merge(profile.state, other.state);
  profile.recent = Recent.union(profile.recent, other.recent);
  profile.meta.spill.push(...other.meta.spill);
  profile.sides.push(...other.sides);
  return true;
}

/**
 * Of what is left out only the message is remembered: cleaning may have let other copies of the same through, before or
 * after, and together they count once.
 */
function applyOne(profile: Profile, frozen: readonly Recent[], arrival: Arrival): Fate {
  const left = profile.meta.erased ? 'erased' : arrival.withheld ? 'suppressed' : undefined;
  const own = [profile.recent, ...profile.sides];
  const known = [...own, ...frozen];
  for (const messages of known) {
    const verdict = messages.classify(arrival);
    if (verdict === 'new') continue;
    if (verdict === 'applied') return left ?? 'again';
    return verdict === 'redelivered' ? verdict : repeat(profile, known, arrival, left ?? verdict);
  }
  if (own.reduce((sum, messages) => sum + messages.size, 0) >= RATE_LIMIT) return left ?? 'rate';
  profile.recent.add(arrival);
  if (left !== undefined) return left;
  if (isRefused(profile.state.consent, arrival.event)) return 'consent_denied';
  profile.state = fold(profile.state, arrival.event, arrival.message, profile.id);
  return 'applied';
}

/** A client's repeat counts once, however often its own record comes. */
function repeat(
  profile: Profile,
  known: readonly Recent[],
  arrival: Arrival,
  verdict: 'duplicate' | 'id_reuse' | 'erased' | 'suppressed',
): Fate {
  for (const messages of known) {
    const before = messages.classifyRepeat(arrival);
    if (before !== undefined) return before === 'again' ? verdict : before;
  }
  profile.recent.remember(arrival);
  return verdict;
}

function shrink(profile: Profile, hour: number): Side[] {
  profile.recent.prune(hour, WINDOW_HOURS);
  profile.meta.spill = profile.meta.spill.filter((side) => side.hour > hour - WINDOW_HOURS);
  const sides: Side[] = [];
  for (let content = profile.recent.spill(); content; content = profile.recent.spill()) {
    const sk = `F#${profile.version + 1}#${sides.length}#${content.digest()}`;
    profile.meta.spill.push({ owner: profile.id, sk, hour: content.newestHour(hour) });
    profile.sides.push(content);
    sides.push({ sk, content });
  }
  return sides;
}

interface Happened {
  readonly merged: boolean;
  /** Nothing was known of the person before. */
  readonly first: boolean;
  readonly fates: readonly Fate[];
}

/**
 * A reader of `changed` looks at the profile as it is, so the newest such effect stands for all before it, but for the
 * first. One that no newer one stands for stays: its records may come again because nobody was told yet.
 */
function nextEffects(profile: Profile, { merged, first, fates }: Happened, now: number): readonly Effect[] {
  const version = profile.version + 1;
  const applied = fates.includes('applied');
  const kinds = [merged ? ('merged' as const) : [], applied ? ('changed' as const) : []].flat();
  const effects = kinds.map((kind) => ({
    kind,
    version,
    at: now,
    ...(first && { first }),
  }));
  const kept = profile.meta.out.filter(
    (one) => (one.kind === 'merged' || one.first || !applied) && one.at > now - WINDOW_HOURS * 3_600_000,
  );
  profile.meta.out = [...kept.slice(-8), ...effects];
  return fates.includes('again') ? profile.meta.out : effects;
}
