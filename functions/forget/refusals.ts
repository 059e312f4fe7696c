/** Quarantine, and records that consumers gave up on. */
import { cleanse } from './files.ts';
import { marksOf } from './marks-of.ts';
import { withoutFailed, withoutRefused } from './refused.ts';
import type { Done, Work } from './work.ts';

export async function eraseFromQuarantine(work: Work): Promise<Done> {
  const marks = marksOf(work);
  const prefix = `quarantine/${work.request.tenant}/`;
  return { counts: await cleanse(work.services.objects, prefix, (data) => withoutRefused(data, marks)) };
}

export async function eraseFromFailures(work: Work): Promise<Done> {
  const marks = marksOf(work);
  const { objects, prefix, coding } = work.services.failures;
  return { counts: await cleanse(objects, prefix, (data) => withoutFailed(data, marks, coding)) };
}
