/**
 * Each destination has a queue of its own, in the order of the stream. A record that comes again finds its jobs under the
 * same keys; a change that is announced twice is told apart when it is sent.
 */
import type { StreamRecord, Table, Write } from '../../domain/ports.ts';
import { type Destination, type Job, jobWrite, queuePartition } from '../../domain/webhook/destination.ts';
import type { MembershipChanged } from '../../events/envelope.ts';
import { unpack } from '../../events/packed.ts';
import { changeSchema } from './change.ts';

const DIGITS = 64;

export interface Announced {
  readonly change: MembershipChanged;
  /** Where it stands in its shard: sorts as the stream does. */
  readonly order: string;
}

/** @throws for a record that is none of `memberships`. */
export function announcedIn(records: readonly StreamRecord[]): Announced[] {
  return records.flatMap(({ shard, sequence, arrivedAt, data }) =>
    unpack(data).parts.map((part, i) => ({
      change: changeSchema.parse(JSON.parse(new TextDecoder().decode(part))),
      order: [
        `${arrivedAt}`.padStart(15, '0'),
        shard,
        sequence.padStart(DIGITS, '0'),
        `${i}`.padStart(6, '0'),
      ].join('#'),
    })),
  );
}

export async function enqueue(
  table: Table,
  { tenant, id, segments }: Destination,
  announced: readonly Announced[],
  now: number,
): Promise<number> {
  const wanted = announced.filter(
    ({ change }) => segments.length === 0 || segments.includes(change.segmentId),
  );
  const writes = wanted.map(({ change, order }): Write => {
    const { id: changeId, profileId, segmentId, kind, at } = change;
    const job: Job = {
      change: { id: changeId, profileId, segmentId, kind, at },
      queuedAt: now,
      attempts: 0,
      notBefore: 0,
    };
    // What is there already may have been tried: its pause counts.
    return { ...jobWrite({ pk: queuePartition(tenant, id), sk: order }, job), expect: 0 };
  });
  await table.put(writes);
  return writes.length;
}
