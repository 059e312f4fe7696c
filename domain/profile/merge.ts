/** state + state -> state: a lattice join (associative, commutative, idempotent). */
import { joinConsent } from '../consent/record.ts';
import { boundByHash } from './bounded.ts';
import { compareRecent, earlier, later, setLast } from './registers.ts';
import {
  CATEGORIES,
  type CategoryCounts,
  emptyState,
  IDS,
  type Part,
  type ProfileState,
  RECENT_EVENTS,
  type RecentEvent,
  TRAITS,
} from './state.ts';

/** Joins two states; neither is changed, but the result shares their parts. */
export function merge(a: ProfileState, b: ProfileState): ProfileState {
  const state = emptyState();
  for (const from of [a, b]) {
    for (const [id, part] of from.parts) joinPart(state.parts, id, part);
    for (const [name, register] of from.attributes) setLast(state.attributes, name, register);
    for (const [name, register] of from.traits) setLast(state.traits, name, register);
    joinConsent(state.consent, from.consent);
    for (const id of from.userIds) state.userIds.add(id);
    for (const id of from.anonymousIds) state.anonymousIds.add(id);
    for (const id of from.sources) state.sources.add(id);
  }
  for (const ids of [state.userIds, state.anonymousIds, state.sources]) boundByHash(ids, IDS);
  boundByHash(state.traits, TRAITS);
  state.firstSeen = least(a.firstSeen, b.firstSeen);
  state.lastSeen = most(a.lastSeen, b.lastSeen);
  state.firstTouch = earlier(a.firstTouch, b.firstTouch);
  state.lastTouch = later(a.lastTouch, b.lastTouch);
  state.recent = joinRecent(a.recent, b.recent);
  return state;
}

/** A part has one writer, so of two copies the one with more events holds everything of the other. */
function joinPart(parts: Map<string, Part>, id: string, part: Part): void {
  const known = parts.get(id);
  if (!known || part.n > known.n) parts.set(id, part);
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

function joinRecent(a: readonly RecentEvent[], b: readonly RecentEvent[]): RecentEvent[] {
  const sorted = [...a, ...b].sort(compareRecent);
  const distinct = sorted.filter((event, i) => {
    const before = sorted[i - 1];
    return !before || compareRecent(before, event) !== 0;
  });
  return distinct.slice(-RECENT_EVENTS);
}

/** Category counts of all parts together. */
export function joinCategories(parts: Iterable<Part>): Map<string, CategoryCounts> {
  const all = new Map<string, CategoryCounts>();
  for (const part of parts) {
    for (const [name, [events, purchases, revenue, last]] of part.categories) {
      const known = all.get(name) ?? [0, 0, 0, 0];
      all.set(name, [known[0] + events, known[1] + purchases, known[2] + revenue, Math.max(known[3], last)]);
    }
  }
  boundByHash(all, CATEGORIES);
  return all;
}
