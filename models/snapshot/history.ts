/** What every customer did, in order of time, as far as models need it. */
import type { CleanEvent } from '../../events/envelope.ts';
import type { BehaviourEvent } from '../behaviour/example.ts';
import { ofClean, orderValue } from './behaviour-event.ts';

export interface PastEvent extends BehaviourEvent {
  /** Value of the order, when it is one that a trusted sender reported: only those become labels. */
  readonly order?: number;
}

export class History {
  readonly #people = new Map<string, PastEvent[]>();
  #events = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /** `profile`: to whom the event belongs today. */
  add(event: CleanEvent, profile: string): void {
    const value = event.trust === 'public' ? undefined : orderValue(event);
    const past: PastEvent = { ...ofClean(event), ...(value === undefined ? {} : { order: value }) };
    const known = this.#people.get(profile);
    if (known) known.push(past);
    else this.#people.set(profile, [past]);
    this.#events++;
    this.#from = Math.min(this.#from, past.at);
    this.#to = Math.max(this.#to, past.at);
  }

  get events(): number {
    return this.#events;
  }

  /** Time of the first and the last event, ms. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: this.#from, to: this.#to };
  }

  /** Everybody with their events in order of time, in order of profile: nothing depends on how they came in. */
  people(): { readonly profile: string; readonly events: readonly PastEvent[] }[] {
    return [...this.#people]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([profile, events]) => ({ profile, events: events.sort(byTime) }));
  }
}

/** Time, then content, so that equal times have one order. */
function byTime(a: PastEvent, b: PastEvent): number {
  const [x, y] = [`${a.kind} ${a.item ?? ''}`, `${b.kind} ${b.item ?? ''}`];
  return a.at - b.at || (x < y ? -1 : x > y ? 1 : 0);
}
