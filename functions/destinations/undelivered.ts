/** What a destination did not take is kept with the reason: `undelivered/tenant=T/DESTINATION/DAY/`. */
import type { Objects } from '../../domain/ports.ts';
import type { Destination, Job } from '../../domain/webhook/destination.ts';

/** How many were given up; an alarm watches it. */
export const UNDELIVERED = 'WebhookUndelivered';

/** Writing twice is harmless: the name follows from the change. */
export async function keepUndelivered(
  objects: Objects,
  { tenant, id }: Destination,
  { change, attempts, queuedAt }: Job,
  reason: string,
): Promise<void> {
  const day = new Date(change.at).toISOString().slice(0, 10);
  const body = JSON.stringify({ version: 1, destination: id, reason, attempts, queuedAt, change });
  await objects.put(
    `undelivered/tenant=${encodeURIComponent(tenant)}/${id}/${day}/${change.id}.json`,
    new TextEncoder().encode(body),
  );
}
