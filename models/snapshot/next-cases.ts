/** Moments at which a customer looked at a next item: what rankings are judged on, with all that was known just before. */
import { GAP_MINUTES } from '../../domain/sessions.ts';
import type { Example } from '../behaviour/example.ts';
import { exampleAt, windows } from './examples.ts';
import type { Past } from './history.ts';

export interface NextCase {
  /** History up to just before the item; it has no labels. */
  readonly example: Example;
  /** Items of the visit so far, the newest last; never empty. */
  readonly visit: readonly string[];
  readonly next: string;
}

const GAP_MS = GAP_MINUTES * 60_000;

/**
 * Cases of [from, to), in order of time, at most `limit` of them, evenly picked. An item that only repeats the one before
 * is no case: a page that is loaded again is no choice.
 */
export function nextCases(people: readonly Past[], from: number, to: number, limit: number): NextCase[] {
  const found = people.flatMap((person) => momentsOf(person, from, to));
  found.sort((a, b) => a.at - b.at || (a.person.profile < b.person.profile ? -1 : 1));
  const every = Math.max(1, found.length / limit);
  const picked = Array.from(
    { length: Math.min(limit, found.length) },
    (_, i) => found[Math.floor(i * every)],
  );
  return picked.flatMap((moment) => {
    const example = moment && exampleAt(moment.person, moment.at, Number.NEGATIVE_INFINITY, windows);
    return example ? [{ example, visit: moment.visit, next: moment.next }] : [];
  });
}

interface Moment {
  readonly person: Past;
  readonly at: number;
  readonly visit: readonly string[];
  readonly next: string;
}

function momentsOf(person: Moment['person'], from: number, to: number): Moment[] {
  const moments: Moment[] = [];
  let visit: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { item, at } of person.events) {
    if (at - last >= GAP_MS) visit = [];
    last = at;
    if (item === undefined || visit.at(-1) === item) continue;
    if (visit.length > 0 && at >= from && at < to)
      moments.push({ person, at, visit: [...visit], next: item });
    visit.push(item);
  }
  return moments;
}
