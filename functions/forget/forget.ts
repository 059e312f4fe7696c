/**
 * Schedule step: erases people. It works off the open requests one after the other, and goes on with each where the run
 * before it stopped. One run works at a time.
 */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { Table } from '../../domain/ports.ts';
import type { PrivacyRequest } from '../../domain/privacy/request.ts';
import { openRequests } from '../../domain/privacy/requests.ts';
import { advance } from './erase.ts';
import type { ForgetServices } from './work.ts';

/** After which a run stops: well within the function's time. */
const WORK_MS = 8 * 60_000;
/** After which another may begin although this one never said that it is done. */
const LEASE_MS = 11 * 60_000;

const leaseKey = { pk: '#forget', sk: 'L' } as const;
const leaseSchema = z.object({ until: z.number() });

/** How many requests a run could not go on with; an alarm watches it. */
export const ERASURE_FAILED = 'ErasureFailed';

export interface ForgetReport {
  /** Open requests that were looked at. */
  readonly open: number;
  readonly finished: number;
  /** Requests of which a step failed; it is tried again by the next run. */
  readonly failed: number;
}

/** Builds the step. @throws what a step threw that no retry helps, after all requests were looked at. */
export function makeForget(services: ForgetServices): () => Promise<ForgetReport> {
  const { clock, metrics, tables } = services;
  return async () => {
    const now = clock.now();
    const version = await take(tables.privacy, now);
    if (version === undefined) return { open: 0, finished: 0, failed: 0 };
    const isOver = (): boolean => clock.now() - now > WORK_MS;
    const open = (await openRequests(tables.privacy)).filter(({ request }) => request.kind === 'erase');
    const done: PrivacyRequest[] = [];
    const errors: unknown[] = [];
    for (const stored of open) {
      if (isOver()) break;
      await advance(stored, services, isOver).then(
        (request) => done.push(request),
        (error: unknown) => errors.push(error),
      );
    }
    await tables.privacy.put([{ ...leaseKey, data: encode({ until: 0 }), expect: version }]);
    metrics.count(ERASURE_FAILED, errors.length);
    const unexpected = errors.find((error) => !(error instanceof WellspringError && error.retryable));
    if (unexpected !== undefined) throw unexpected;
    const finished = done.filter(({ state }) => state === 'finished').length;
    return { open: open.length, finished, failed: errors.length };
  };
}

const encode = (value: z.infer<typeof leaseSchema>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value));

/** The version of the lease; undefined while another run works. */
async function take(table: Table, now: number): Promise<number | undefined> {
  const [item] = await table.get([leaseKey], { consistent: true });
  if (item && leaseSchema.parse(JSON.parse(new TextDecoder().decode(item.data))).until > now)
    return undefined;
  const data = encode({ until: now + LEASE_MS });
  const [result] = await table.put([{ ...leaseKey, data, expect: item?.version ?? 0 }]);
  return result?.outcome === 'written' ? result.version : undefined;
}
