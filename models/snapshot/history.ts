/** What every customer did, in order of time, as far as models need it. */
import type { CleanEvent } from '../../events/envelope.ts';
import type { BehaviourEvent } from '../behaviour/example.ts';
import { ofClean, orderValue } from './behaviour-event.ts';

export interface PastEvent extends BehaviourEvent {
  /** Value of the order, when it is one that a trusted sender reported: only those become labels. */
  readonly order?: number;
}

export interface Past {
  readonly profile: string;
  /** In order of time. */
  readonly events: readonly PastEvent[];
  /** When a trusted sender first spoke of the person, ms; absent when none ever did. */
  readonly vouchedFrom?: number;
}

/** Events that are kept at most: some hundred megabytes. */
const MOST_EVENTS = 1_000_000;
/** Below this share nothing more is left out: a few people with endless histories are kept rather than nobody. */
const LEAST_SHARE = 2 ** -20;

/**
 * Holds the events of everybody, or, when they are too many, of a share of the people: those whose hash lies low. So
 * memory is bounded, whole histories stay, and the same events give the same people in whatever order they come.
 */
export class History {
  readonly #people = new Map<string, PastEvent[]>();
  readonly #vouched = new Map<string, number>();
  readonly #most: number;
  #share = 1;
  #events = 0;

  constructor(most = MOST_EVENTS) {
    this.#most = most;
  }

  /** `profile`: to whom the event belongs today. */
  add(event: CleanEvent, profile: string): void {
    const value = event.trust === 'public' ? undefined : orderValue(event);
    this.put({ ...ofClean(event), ...(value === undefined ? {} : { order: value }) }, profile);
    if (event.trust !== 'public') this.vouch(profile, event.timestamp);
  }

  /** Somebody trusted spoke of the person at `at`, ms. */
  vouch(profile: string, at: number): void {
    if (!this.#people.has(profile)) return;
    this.#vouched.set(profile, Math.min(at, this.#vouched.get(profile) ?? at));
  }

  put(past: PastEvent, profile: string): void {
    const known = this.#people.get(profile);
    if (known) known.push(past);
    else if (placeOf(profile) < this.#share) this.#people.set(profile, [past]);
    else return;
    this.#events++;
    while (this.#events > this.#most && this.#share > LEAST_SHARE) this.#halve();
  }

  #halve(): void {
    this.#share /= 2;
    for (const [profile, events] of this.#people) {
      if (placeOf(profile) < this.#share) continue;
      this.#people.delete(profile);
      this.#vouched.delete(profile);
      this.#events -= events.length;
    }
  }

  /** Events that are kept. */
  get events(): number {
    return this.#events;
  }

  /** Share of the people that is kept: 1, or a half, or a quarter ... */
  get share(): number {
    return this.#share;
  }

  /** Time of the first and the last event that is kept, ms. */
  get span(): { readonly from: number; readonly to: number } {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const events of this.#people.values()) {
      for (const { at } of events) [from, to] = [Math.min(from, at), Math.max(to, at)];
    }
    return { from, to };
  }

  /** Everybody with their events in order of time, in order of profile: nothing depends on how they came in. */
  people(): Past[] {
    return [...this.#people]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([profile, events]) => {
        const vouchedFrom = this.#vouched.get(profile);
        return { profile, events: events.sort(byTime), ...(vouchedFrom !== undefined && { vouchedFrom }) };
      });
  }
}

/** Where a name lies between 0 and 1: evenly, and the same on every machine (FNV-1a, then the last step of MurmurHash3). */
function placeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const contentOf = ({ kind, item, category, price, order }: PastEvent): string =>
  JSON.stringify([kind, item, category, price, order]);

/** Time, then content, so that equal times have one order. */
function byTime(a: PastEvent, b: PastEvent): number {
  if (a.at !== b.at) return a.at - b.at;
  const [x, y] = [contentOf(a), contentOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
