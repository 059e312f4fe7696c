/** What is sent, and what must have become of it: made from a seed, known before anything runs. */
import { seededRandom } from '../../domain/random.ts';

export type SourceName = 'web' | 'server';

/** Pages speak with the public key, servers with the secret one, which vouches for user ids. */
export interface PlannedRequest {
  readonly source: SourceName;
  /** Events as JSON texts. */
  readonly events: readonly string[];
}

export interface Person {
  readonly devices: readonly string[];
  /** Where the person logs in, on each device at least once. */
  readonly userId: string | undefined;
  /** Applied message ids by source, each once. */
  readonly applied: Map<string, SourceName>;
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
const CRAWLER = {
  context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
};

type Fields = Record<string, unknown>;
const deep = (levels: number): unknown => (levels === 0 ? 1 : { deeper: deep(levels - 1) });

/** Eight kinds of events that cannot be applied, with the reason that must be given. */
const poisons: readonly (readonly [reason: string, spoil: (event: Fields) => Fields])[] = [
  ['invalid_type', (event) => ({ ...event, type: 'nonsense' })],
  ['missing_event', ({ event: _, ...rest }) => rest],
  ['name_too_long', (event) => ({ ...event, event: 'e'.repeat(300) })],
  ['no_identity', ({ anonymousId: _a, userId: _u, ...rest }) => rest],
  ['id_too_long', (event) => ({ ...event, anonymousId: 'a'.repeat(300) })],
  ['junk_id', (event) => ({ ...event, anonymousId: 'undefined' })],
  ['event_too_large', (event) => ({ ...event, properties: { text: 'x'.repeat(33_000) } })],
  [
    'too_many_keys',
    (event) => ({
      ...event,
      properties: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, deep(1)])),
    }),
  ],
];

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

class Planner {
  readonly #random: () => number;
  readonly #now: number;
  readonly #people: Person[];
  readonly #refused = new Map<string, string>();
  readonly #suppressed = new Set<string>();
  readonly #open: Record<SourceName, string[]> = { web: [], server: [] };
  readonly #requests: PlannedRequest[] = [];
  readonly #sent: { readonly source: SourceName; readonly text: string }[] = [];
  #next = 0;

  constructor(seed: number, now: number, people: number) {
    this.#random = seededRandom(seed);
    this.#now = now;
    this.#people = Array.from({ length: people }, (_, i) => this.#person(seed, i));
  }

  plan(events: number): Plan {
    for (const person of this.#people)
      if (person.userId !== undefined) for (const device of person.devices) this.#login(person, device);
    while (this.#next < events) this.#step();
    this.#flush('web');
    this.#flush('server');
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
    const devices = Array.from(
      { length: known ? 1 + Math.floor(this.#random() * 2) : 1 },
      (_, d) => `device-${seed}-${i}-${d}`,
    );
    return {
      devices,
      userId: known ? `person-${seed}-${i}` : undefined,
      applied: new Map(),
      orders: 0,
      revenueMinor: 0,
    };
  }

  #step(): void {
    const person = this.#pick(this.#people);
    const device = this.#pick(person.devices);
    const chance = this.#random();
    const event = this.#event(person, device);
    if (chance < POISON) this.#poison(event);
    else if (chance < POISON + CRAWLED) this.#crawled(event);
    else this.#apply(person, 'web', event);
    const earlier = this.#random() < REPEATED ? this.#pick(this.#sent) : undefined;
    if (earlier) this.#put(earlier.source, earlier.text);
  }

  #event(_person: Person, anonymousId: string): Fields {
    const timestamp = new Date(this.#now - Math.floor(this.#random() * 20 * DAY_MS)).toISOString();
    return {
      type: 'track',
      event: 'Product Viewed',
      messageId: `m-${this.#next++}`,
      anonymousId,
      timestamp,
      properties: { product_id: `p-${Math.floor(this.#random() * 50)}` },
    };
  }

  #apply(person: Person, source: SourceName, event: Fields): void {
    const order = this.#random() < 0.1;
    const revenueMinor = 100 + Math.floor(this.#random() * 9000);
    const messageId = String(event['messageId']);
    const sent = order
      ? {
          ...event,
          event: 'Order Completed',
          properties: {
            order_id: messageId,
            total: revenueMinor / 100,
            revenue: revenueMinor / 100,
            currency: 'USD',
          },
        }
      : event;
    person.applied.set(messageId, source);
    if (order) {
      person.orders++;
      person.revenueMinor += revenueMinor;
    }
    this.#put(source, JSON.stringify(sent), true);
  }

  #login(person: Person, anonymousId: string): void {
    const messageId = `m-${this.#next++}`;
    const timestamp = new Date(this.#now - Math.floor(this.#random() * 20 * DAY_MS)).toISOString();
    person.applied.set(messageId, 'server');
    this.#put(
      'server',
      JSON.stringify({
        type: 'identify',
        messageId,
        userId: person.userId,
        anonymousId,
        timestamp,
        traits: { plan: 'b' },
      }),
      true,
    );
  }

  #poison(event: Fields): void {
    const [reason, spoil] = this.#pick(poisons);
    this.#refused.set(String(event['messageId']), reason);
    this.#put('web', JSON.stringify(spoil(event)));
  }

  #crawled(event: Fields): void {
    this.#suppressed.add(String(event['messageId']));
    this.#put('web', JSON.stringify({ ...event, ...CRAWLER }));
  }

  #put(source: SourceName, text: string, again = false): void {
    const open = this.#open[source];
    open.push(text);
    if (again) this.#sent.push({ source, text });
    if (open.length >= PER_REQUEST) this.#flush(source);
  }

  #flush(source: SourceName): void {
    if (this.#open[source].length > 0) this.#requests.push({ source, events: this.#open[source] });
    this.#open[source] = [];
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
