/** The state of a request in one honest sentence. */
import type { PrivacyRequest } from './request.ts';

const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Of a person who was erased: what is done, and what is not yet. */
export function says({ kind, state, steps, liveAt, until, finishedAt }: PrivacyRequest): string {
  if (kind === 'export') return 'The copy is ready to be fetched.';
  if (state === 'finished' && finishedAt !== undefined) return `Erased everywhere at ${moment(finishedAt)}.`;
  if (state === 'failed') {
    const failed = steps.find((step) => step.state === 'failed');
    return `The step ${failed?.name} failed (${failed?.error}); it is tried again every minute.`;
  }
  if (state === 'partial' && liveAt !== undefined && until !== undefined) {
    return `Erased from live stores at ${moment(liveAt)}; streams hold what came in before until ${moment(until)}.`;
  }
  const next = steps.find((step) => step.state !== 'done' && step.state !== 'not_needed');
  return next ? `Works on ${next.name}.` : 'Waits for its turn, within a minute.';
}
