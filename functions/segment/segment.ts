/** Stream step: word of changed profiles -> the segments that they enter and leave. */
import type { StreamStep } from '../../domain/ports.ts';
import { changedIn } from '../changed.ts';
import { Assessor } from '../membership/assess.ts';
import type { Services } from '../services.ts';

/** Builds the step. Everybody is looked at in their newest state, so repeats and late deliveries change nothing. */
export function makeSegment(services: Services<'segment'>): StreamStep {
  const assessor = new Assessor(services);
  return async (records) => {
    for (const [tenant, changed] of changedIn(records)) await assessor.follow(tenant, changed);
    return {};
  };
}
