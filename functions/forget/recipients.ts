/** Who was told of the person is told to forget them: one letter per profile, through the queues that all letters take. */
import type { Write } from '../../domain/ports.ts';
import { noCounts } from '../../domain/privacy/request.ts';
import { destinationsOf, jobWrite, queuePartition } from '../../domain/webhook/destination.ts';
import { below } from './files.ts';
import { marksOf } from './marks-of.ts';
import type { Done, Work } from './work.ts';

/** Done means that the letters wait to be sent; whether one was taken, the destination's figures say. */
export async function tellRecipients({ services, request, known }: Work): Promise<Done | undefined> {
  const { tables, clock } = services;
  const { tenant } = request;
  const destinations = await destinationsOf(tables.destinations, tenant);
  if (destinations.length === 0 || known.profiles.length === 0) return undefined;
  const now = clock.now();
  const writes = destinations.flatMap(({ id }) =>
    known.profiles.map((profileId): Write => {
      // Behind everything that was announced before; a step that is done again finds its letters there.
      const order = `${request.createdAt}`.padStart(15, '0');
      const key = { pk: queuePartition(tenant, id), sk: `${order}#erased#${profileId}` };
      const change = {
        id: `${profileId}-erased`,
        profileId,
        segmentId: '',
        kind: 'erased',
        at: now,
      } as const;
      return { ...jobWrite(key, { change, queuedAt: now, attempts: 0, notBefore: 0 }), expect: 0 };
    }),
  );
  await tables.destinations.put(writes);
  return { counts: { ...noCounts, scanned: destinations.length, changed: writes.length } };
}

/** Letters that were given up name the person by pseudonym. */
export async function dropUndelivered(work: Work): Promise<Done> {
  const { objects } = work.services;
  const marks = marksOf(work);
  let counts = noCounts;
  for await (const { key, size } of below(
    objects,
    `undelivered/tenant=${encodeURIComponent(work.request.tenant)}/`,
  )) {
    const data = await objects.get(key);
    const named = data !== undefined && marks.inBytes(data);
    if (named) await objects.delete([key]);
    counts = {
      ...counts,
      scanned: counts.scanned + 1,
      changed: counts.changed + (named ? 1 : 0),
      bytes: counts.bytes + size,
    };
  }
  return { counts };
}
