/** Stream step: word of memberships -> queues of destinations, and what can be delivered at once is. */
import type { StreamStep } from '../../domain/ports.ts';
import { type Destination, decodeState, destinationsOf, stateKey } from '../../domain/webhook/destination.ts';
import type { Sender } from '../../domain/webhook/sender.ts';
import { Courier } from '../destinations/courier.ts';
import { type Announced, announcedIn, enqueue } from '../destinations/queue.ts';
import type { Services } from '../services.ts';

/** For which a batch may wait for receivers, ms; then the clock's function takes over. */
const WORK_MS = 5000;
/** For which what was read of destinations counts as known, ms. */
const KNOWN_MS = 5000;

export type DeliverServices = Services<'deliver'> & {
  readonly sender: Sender;
  readonly random: () => number;
};

/** Builds the step. Destinations that are behind or slow are left to the clock's function, so that they hold up nobody. */
export function makeDeliver(services: DeliverServices): StreamStep {
  const { clock, tables } = services;
  const courier = new Courier(services);
  const known = new Map<string, { readonly at: number; readonly destinations: Destination[] }>();
  const destinationsNow = async (tenant: string): Promise<Destination[]> => {
    const now = clock.now();
    const found = known.get(tenant);
    if (found && now - found.at < KNOWN_MS) return found.destinations;
    const destinations = await destinationsOf(tables.destinations, tenant);
    known.set(tenant, { at: now, destinations });
    return destinations;
  };
  return async (records) => {
    for (const [tenant, announced] of byTenant(announcedIn(records))) {
      const destinations = await destinationsNow(tenant);
      if (destinations.length === 0) continue;
      const keys = destinations.map(({ id }) => stateKey(tenant, id));
      const states = await tables.destinations.get(keys, { consistent: true });
      const now = clock.now();
      const work = destinations.map(async (destination, i) => {
        const queued = await enqueue(tables.destinations, destination, announced, now);
        const { behind, slow } = decodeState(states[i]);
        if (queued > 0 && !behind && !slow) await courier.deliver(destination, now + WORK_MS);
      });
      await Promise.all(work);
    }
    return {};
  };
}

function byTenant(announced: readonly Announced[]): Map<string, Announced[]> {
  const found = new Map<string, Announced[]>();
  for (const one of announced) found.set(one.change.tenant, [...(found.get(one.change.tenant) ?? []), one]);
  return found;
}
