/** Schedule step: delivers what waits in the queues of destinations, all of them side by side. */
import { allDestinations, queuePartition } from '../../domain/webhook/destination.ts';
import type { Sender } from '../../domain/webhook/sender.ts';
import { Courier } from '../destinations/courier.ts';
import type { Services } from '../services.ts';

/** Well within the minute after which it is called again. */
const WORK_MS = 45_000;

export type RedeliverServices = Services<'redeliver'> & {
  readonly sender: Sender;
  readonly random: () => number;
};

export interface RedeliverReport {
  readonly destinations: number;
  /** Those in whose queue something waited. */
  readonly waiting: number;
}

/** Builds the step. */
export function makeRedeliver(services: RedeliverServices): () => Promise<RedeliverReport> {
  const { clock, tables } = services;
  const courier = new Courier(services);
  return async () => {
    const destinations = await allDestinations(tables.destinations);
    const until = clock.now() + WORK_MS;
    const looked = await Promise.all(
      destinations.map(async (destination) => {
        const pk = queuePartition(destination.tenant, destination.id);
        const { items } = await tables.destinations.query({ pk, limit: 1 });
        if (items.length > 0) await courier.deliver(destination, until);
        return items.length;
      }),
    );
    return { destinations: destinations.length, waiting: looked.filter((count) => count > 0).length };
  };
}
