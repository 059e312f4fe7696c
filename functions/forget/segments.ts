/** Out of all segments, with word that they left; and out of the moments at which somebody would look again. */

import { noCounts } from '../../domain/privacy/request.ts';
import { dueKey, standingKey } from '../../domain/segments/keys.ts';
import { decodeStanding } from '../../domain/segments/standing.ts';
import { Assessor } from '../membership/assess.ts';
import type { Done, Work } from './work.ts';

export async function leaveSegments({ services, request, known }: Work): Promise<Done> {
  const { tables } = services;
  const { tenant } = request;
  const ids = known.profiles;
  const items = await tables.segments.get(
    ids.map((id) => standingKey(tenant, id)),
    { consistent: true },
  );
  await new Assessor(services).assess(tenant, ids);
  const due = items.flatMap((item, i) => {
    const bucket = item && decodeStanding(item).due;
    return bucket === undefined ? [] : [dueKey(bucket, tenant, ids[i] ?? '')];
  });
  await tables.segments.delete(due);
  const standing = items.filter((item) => item !== undefined).length;
  return { counts: { ...noCounts, scanned: ids.length, changed: standing + due.length } };
}
