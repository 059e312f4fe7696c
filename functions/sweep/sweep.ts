/**
 * Schedule step: looks again at profiles whose time has come, and at everybody after a segment was changed, and once a day.
 * It stops before its time is over and goes on from there when it is called next. One sweep runs at a time.
 */
import * as z from 'zod/mini';
import type { Table } from '../../domain/ports.ts';
import { sweepKey } from '../../domain/segments/keys.ts';
import { Assessor } from '../membership/assess.ts';
import type { Services } from '../services.ts';
import { lookAtDue } from './due.ts';
import { passOverAll } from './pass.ts';

/** After which a sweep stops: well within the function's time. */
const WORK_MS = 8 * 60_000;
/** After which another may begin although this one never said that it is done. */
const LEASE_MS = 11 * 60_000;

const sweepSchema = z.object({
  /** Buckets up to here are done. */
  bucket: z.int(),
  /** ms; until then somebody sweeps. */
  leasedUntil: z.number(),
});

export interface SweepReport {
  /** Profiles whose time had come. */
  readonly due: number;
  /** Profiles looked at because a segment was changed, or a day is over. */
  readonly passed: number;
}

export interface Work {
  readonly table: Table;
  readonly assessor: Assessor;
  /** ms. */
  readonly now: number;
  /** Whether to stop here. */
  readonly isOver: () => boolean;
}

const none: SweepReport = { due: 0, passed: 0 };

/** Builds the step. */
export function makeSweep(services: Services<'sweep'>): () => Promise<SweepReport> {
  const { clock, tables } = services;
  const assessor = new Assessor(services);
  return async () => {
    const now = clock.now();
    const lease = await take(tables.segments, now);
    if (!lease) return none;
    const isOver = (): boolean => clock.now() - now > WORK_MS;
    const work: Work = { table: tables.segments, assessor, now, isOver };
    const { done, bucket } = await lookAtDue(work, lease.bucket);
    const passed = await passOverAll(work);
    await tables.segments.put([
      { ...sweepKey, data: encode({ bucket, leasedUntil: 0 }), expect: lease.version },
    ]);
    return { due: done, passed };
  };
}

const encode = (value: z.infer<typeof sweepSchema>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value));

/** undefined while another sweeps. */
async function take(table: Table, now: number): Promise<{ bucket: number; version: number } | undefined> {
  const [item] = await table.get([sweepKey], { consistent: true });
  const known = item && sweepSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
  if (known && known.leasedUntil > now) return undefined;
  const bucket = known?.bucket ?? 0;
  const data = encode({ bucket, leasedUntil: now + LEASE_MS });
  const [result] = await table.put([{ ...sweepKey, data, expect: item?.version ?? 0 }]);
  return result?.outcome === 'written' ? { bucket, version: result.version } : undefined;
}
