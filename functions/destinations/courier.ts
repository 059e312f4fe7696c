/**
 * Empties the queues of destinations. One courier at a time works on a destination, by a lease; the people of a queue are
 * served side by side, and each in order: what fails waits, and with it what comes after it for the same person, and nobody
 * else. After failures in a row the destination is left alone for a while.
 */
import { type Clock, type Item, type Metrics, type Objects, pages, type Table } from '../../domain/ports.ts';
import {
  type Destination,
  decodeJob,
  decodeState,
  encodeState,
  type Job,
  queuePartition,
  type State,
  stateKey,
} from '../../domain/webhook/destination.ts';
import type { Sender } from '../../domain/webhook/sender.ts';
import { Round } from './round.ts';
import { UNDELIVERED } from './undelivered.ts';
import { Withheld } from './withheld.ts';

export interface CourierServices {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly secret: string;
  readonly tables: {
    readonly destinations: Table;
    readonly profiles: Table;
    readonly suppression: Table;
    readonly vault: Table;
  };
  readonly objects: Objects;
  readonly sender: Sender;
  /** [0, 1). */
  readonly random: () => number;
}

const PAGE = 100;
/** Longer than what was begun within the time may take. */
const LEASE_MS = 30_000;

export interface Queued {
  readonly item: Item;
  readonly job: Job;
}

export class Courier {
  readonly #services: CourierServices;
  readonly #withheld: Withheld;

  constructor(services: CourierServices) {
    this.#services = services;
    this.#withheld = new Withheld(services);
  }

  /** Begins nothing new after `until`, ms. */
  async deliver(destination: Destination, until: number): Promise<void> {
    const { clock, tables } = this.#services;
    const key = stateKey(destination.tenant, destination.id);
    const [item] = await tables.destinations.get([key], { consistent: true });
    const known = decodeState(item);
    const now = clock.now();
    if (known.leasedUntil > now || known.notBefore > now) return;
    const leased = { ...known, leasedUntil: until + LEASE_MS };
    const [lease] = await tables.destinations.put([
      { ...key, data: encodeState(leased), expect: item?.version ?? 0 },
    ]);
    if (lease?.outcome !== 'written') return;
    const state = await this.#empty(destination, known, until);
    await tables.destinations.put([
      { ...key, data: encodeState({ ...state, leasedUntil: 0 }), expect: lease.version },
    ]);
  }

  async #empty(destination: Destination, known: State, until: number): Promise<State> {
    const { clock, metrics, tables } = this.#services;
    const round = new Round({ ...this.#services, withheld: this.#withheld }, destination, known, until);
    const pk = queuePartition(destination.tenant, destination.id);
    for await (const page of pages((from) => tables.destinations.query({ pk, limit: PAGE, ...from }))) {
      if (round.isOver()) break;
      await round.serve(page.map((item): Queued => ({ item, job: decodeJob(item) })));
    }
    const { items } = await tables.destinations.query({ pk, limit: 1 });
    const state = round.state();
    metrics.count('WebhookDelivered', state.delivered - known.delivered);
    metrics.count(UNDELIVERED, state.undelivered - known.undelivered);
    return { ...state, behind: items.length > 0 || state.notBefore > clock.now() };
  }
}
