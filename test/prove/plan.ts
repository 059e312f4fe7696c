/** What is sent, and what must have become of it: made from a seed, known before anything runs. */
import { seededRandom } from '../../domain/random.ts';
import { crawled, type Fields, poisons } from './poison.ts';

export type SourceName = 'web' | 'server';

/** Pages speak with the public key, servers with the secret one, which vouches for user ids. */
export interface PlannedRequest {
  readonly source: SourceName;
  /** ms by which the sender's clock is ahead; the times in its events are as wrong. */
  readonly clock: number;
  /** Events as JSON texts. */
  readonly events: readonly string[];
}

export interface Person {
  readonly devices: readonly string[];
  /** Where the person logs in, on each device at least once. */
  readonly userId: string | undefined;
  /** Applied message ids by source, each once. */
  readonly applied: Map<string, SourceName>;
  /** Right times of the first and last applied event, ms. */
  firstAt: number;
  lastAt: number;
  orders: number;
  revenueMinor: number;
}

export interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly people: readonly Person[];
  /** Message ids that must be quarantined, by reason. */
  readonly refused: ReadonlyMap<string, string>;
  /** Message ids that must be suppressed: crawlers. */
  readonly suppressed: ReadonlySet<string>;
  /** Events in all requests, copies included. */
  readonly events: number;
}

const PER_REQUEST = 20;
const EVENTS_PER_PERSON = 25;
const DAY_MS = 86_400_000;
/** Shares of all events. */
const POISON = 0.005;
const CRAWLED = 0.01;
const REPEATED = 0.05;
const ORDERED = 0.1;
const WRONG_CLOCK = 0.1;

/** `now`: ms; no event is younger. Equal arguments give equal plans. */
export function planOf({
  events,
  seed,
  now,
}: {
  readonly events: number;
  readonly seed: number;
  readonly now: number;
}): Plan {
  return new Planner(seed, now, Math.max(4, Math.round(events / EVENTS_PER_PERSON))).plan(events);
}

interface Message {
  readonly source: SourceName;
  readonly clock: number;
  readonly text: string;
}

class Planner {
  readonly #random: () => number;
  readonly #now: number;
  readonly #people: Person[];
  /** A day, an hour (a change of daylight saving time) and ten years off, and one that began at the epoch. */
  readonly #clocks: readonly number[];
  readonly #refused = new Map<string, string>();
  readonly #suppressed = new Set<string>();
  readonly #open = new Map<string, PlannedRequest & { readonly events: string[] }>();
  readonly #requests: PlannedRequest[] = [];
  readonly #sent: Message[] = [];
  #next = 0;

  constructor(seed: number, now: number, people: number) {
    this.#random = seededRandom(seed);
    this.#now = now;
    this.#clocks = [DAY_MS, -DAY_MS, DAY_MS / 24, 3652 * DAY_MS, -3652 * DAY_MS, -now];
    this.#people = Array.from({ length: people }, (_, i) => this.#person(seed, i));
  }

  plan(events: number): Plan {
    for (const person of this.#people)
      if (person.userId !== undefined) for (const device of person.devices) this.#login(person, device);
    while (this.#next < events) this.#step();
    this.#requests.push(...this.#open.values());
    return {
      requests: this.#shuffled(this.#requests),
      people: this.#people,
      refused: this.#refused,
      suppressed: this.#suppressed,
      events: this.#requests.reduce((sum, request) => sum + request.events.length, 0),
    };
  }

  #person(seed: number, i: number): Person {
    const known = this.#random() < 0.6;
    const count = known ? 1 + Math.floor(this.#random() * 2) : 1;
    return {
      devices: Array.from({ length: count }, (_, d) => `device-${seed}-${i}-${d}`),
      userId: known ? `person-${seed}-${i}` : undefined,
      applied: new Map(),
      firstAt: Number.POSITIVE_INFINITY,
      lastAt: Number.NEGATIVE_INFINITY,
      orders: 0,
      revenueMinor: 0,
    };
  }

  #step(): void {
    const person = this.#pick(this.#people);
    const viewed = {
      type: 'track',
      event: 'Product Viewed',
      messageId: `m-${this.#next++}`,
      anonymousId: this.#pick(person.devices),
      properties: { product_id: `p-${Math.floor(this.#random() * 50)}` },
    };
    const chance = this.#random();
    if (chance < POISON) {
      const [reason, spoil] = this.#pick(poisons);
      this.#refused.set(viewed.messageId, reason);
      this.#send('web', (timestamp) => spoil({ ...viewed, timestamp }));
    } else if (chance < POISON + CRAWLED) {
      this.#suppressed.add(viewed.messageId);
      this.#send('web', (timestamp) => crawled({ ...viewed, timestamp }));
    } else {
      this.#apply(person, 'web', this.#random() < ORDERED ? this.#order(person, viewed) : viewed);
    }
    if (this.#random() < REPEATED && this.#sent.length > 0) this.#put(this.#pick(this.#sent));
  }

  #order(person: Person, viewed: Fields & { readonly messageId: string }): typeof viewed {
    const revenueMinor = 100 + Math.floor(this.#random() * 9000);
    const revenue = revenueMinor / 100;
    person.orders++;
    person.revenueMinor += revenueMinor;
    return {
      ...viewed,
      event: 'Order Completed',
      properties: { order_id: viewed.messageId, total: revenue, revenue, currency: 'USD' },
    };
  }

  #login(person: Person, anonymousId: string): void {
    const messageId = `m-${this.#next++}`;
    const traits = { plan: 'b' };
    this.#apply(person, 'server', {
      type: 'identify',
      messageId,
      userId: person.userId,
      anonymousId,
      traits,
    });
  }

  #apply(person: Person, source: SourceName, event: Fields & { readonly messageId: string }): void {
    const { message, at } = this.#send(source, (timestamp) => ({ ...event, timestamp }));
    person.applied.set(event.messageId, source);
    person.firstAt = Math.min(person.firstAt, at);
    person.lastAt = Math.max(person.lastAt, at);
    this.#sent.push(message);
  }

  /** Stamps the event with a time of the last 20 days, by the sender's clock. `at`: the right time. */
  #send(source: SourceName, stamp: (timestamp: string) => Fields): { message: Message; at: number } {
    const at = this.#now - Math.floor(this.#random() * 20 * DAY_MS);
    const clock = this.#random() < WRONG_CLOCK ? this.#pick(this.#clocks) : 0;
    const text = JSON.stringify(stamp(new Date(at + clock).toISOString()));
    this.#put({ source, clock, text });
    return { message: { source, clock, text }, at };
  }

  /** One request holds what comes from one source by one clock. */
  #put({ source, clock, text }: Message): void {
    const key = `${source} ${clock}`;
    const open = this.#open.get(key) ?? { source, clock, events: [] };
    open.events.push(text);
    this.#open.set(key, open);
    if (open.events.length < PER_REQUEST) return;
    this.#requests.push(open);
    this.#open.delete(key);
  }

  #pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.#random() * list.length)];
    if (found === undefined) throw new RangeError('nothing to choose from');
    return found;
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((value) => [this.#random(), value] as const)
      .sort(([a], [b]) => a - b)
      .map(([, value]) => value);
  }
}
